# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
# Compiles the search; stays behind in this stage.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The dependencies change seldom and come first, so that a change of the source builds in seconds.
COPY requirements-build.lock requirements.lock ./
RUN pip install --require-hashes -r requirements-build.lock \
 && pip install --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY retrieval retrieval
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools pip
# Without its compiled parts all would work, several times slower: rather no image than that one. Not from the source here.
RUN cd / && python -c "import retrieval.postings._search, retrieval.postings._sorting, retrieval.ranking._measures"
# A quarter of the weight is what no question ever needs: the packages' own tests and headers, jieba's model for
# PaddlePaddle and its tagger, and how all other languages write numbers and dates.
RUN find /venv/lib -depth \( -type d \( -name tests -o -path '*/jieba/lac_small' -o -path '*/jieba/posseg' -o -path '*/jieba/analyse' \) \
    -o -path '*/babel/locale-data/*' ! -name root.dat ! -name en.dat ! -name 'en_*1.dat' ! -name en_US.dat ! -name 'zh*' \
    -o -name '*.[ch]' -o -name '*.pyx' -o -name '*.pxd' \) -exec rm -rf {} +

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    YUANJU_DOCUMENTS=/documents \
    YUANJU_INDEX=/data/index
# A numeric user lets Kubernetes prove that it is not root. /data is its own, and of the group root, so that any other
# user of that group can write there as well; a new volume takes that over.
RUN mkdir /data /documents && chown 10001:0 /data && chmod 775 /data
COPY --from=build /venv /venv
COPY seeds /documents
USER 10001:0
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s --retries=3 CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
