# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /src
# The dependencies change seldom and come first, so that a change of the source builds in seconds.
COPY requirements-build.lock requirements.lock ./
RUN pip install --require-hashes -r requirements-build.lock \
 && pip install --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY retrieval retrieval
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools pip

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    YUANJU_DOCUMENTS=/documents \
    YUANJU_INDEX=/data/index
# A numeric user lets Kubernetes prove that it is not root; /data is made its own, and a new volume takes that over.
RUN mkdir /data /documents && chown 10001:10001 /data
COPY --from=build /venv /venv
COPY seeds /documents
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
