# docker build -t yuanju .
# docker build -t yuanju --build-arg EXTRAS=office,ocr,postgres .   (any of pyproject.toml; none: EXTRAS=)
# docker build -t yuanju --build-arg EXTRAS=office,meaning --build-arg MEANING=bge .   (with the encoder of docs/meaning.md)
ARG MEANING=
FROM python:3.13-slim AS meaning-none
RUN mkdir /meaning
FROM python:3.13-slim AS meaning-bge
# Slim images have no folder for manual pages, in which Java's would be linked.
RUN mkdir -p /usr/share/man/man1 && apt-get update && apt-get install --yes --no-install-recommends maven
COPY testbed/model.py /src/testbed/
RUN python /src/testbed/model.py /meaning
FROM meaning-${MEANING:-none} AS meaning

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
# Compiles the search; stays behind in this stage.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The dependencies change seldom and come first, so that a change of the source builds in seconds.
COPY locks locks
ARG EXTRAS=office
RUN pip install --require-hashes -r locks/build.txt \
 && extras=$(for extra in $(echo "$EXTRAS" | tr , ' '); do echo "-r locks/$extra.txt"; done) \
 && pip install --require-hashes --no-build-isolation --use-pep517 -r locks/core.txt $extras
COPY pyproject.toml setup.py README.md LICENSE ./
COPY seeds seeds
COPY bot bot
COPY retrieval retrieval
RUN pip install --no-deps --no-build-isolation . && pip uninstall --yes setuptools pip
# Without its compiled parts all would work, several times slower: rather no image than that one. Not from the source here.
RUN cd / && python -c "import retrieval.language._words, retrieval.postings._search, retrieval.postings._sorting, retrieval.ranking._measures"

# What no question needs: Python's own installer, editor and tests; the packages' tests, headers and symbols for
# debuggers; jieba's model for PaddlePaddle and its tagger; the colours of programming languages; how all other
# languages write dates, and in which zone.
RUN cd /usr/local/lib/python3.13 \
 && rm -rf site-packages ensurepip idlelib test turtledemo tkinter pydoc_data lib2to3 config-3.13-* \
 && find /venv/lib /usr/local/lib -depth \( -type d \( -name tests -o -path '*/jieba/lac_small' -o -path '*/jieba/posseg' \
    -o -path '*/jieba/analyse' -o -path '*/pygments/lexers' -o -path '*/pytz/zoneinfo' \) \
    -o -path '*/babel/locale-data/*' ! -name root.dat ! -name en.dat ! -name 'en_*1.dat' ! -name en_US.dat ! -name 'zh*' \
    -o -name '*.[acho]' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.pyi' \) -exec rm -rf {} + \
 && find /venv/lib /usr/local/lib -name '*.so*' -type f -exec strip --strip-unneeded {} +

# The image: Python, what is installed, the libraries that these ask for, and nothing else. No shell, no packages of the
# system. A numeric user lets Kubernetes prove that it is not root; /data is its own, and of the group root, so that any
# other user of that group can write there as well; a new volume takes that over.
RUN mkdir -p /image/documents /image/etc/ssl/certs /image/usr/share /image/usr/local/bin /image/usr/local/lib \
 && install -d -m 1777 /image/tmp && install -d -o 10001 -g 0 -m 775 /image/data \
 && echo 'yuanju:x:10001:0::/data:/sbin/nologin' > /image/etc/passwd && echo 'root:x:0:' > /image/etc/group \
 && echo 'hosts: files dns' > /image/etc/nsswitch.conf \
 && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ && cp -a /usr/share/zoneinfo /image/usr/share/ \
 && cp -a /usr/local/bin/python* /image/usr/local/bin/ && cp -a /usr/local/lib/. /image/usr/local/lib/ && cp -a /venv /image/ \
 && find /usr/local/bin /usr/local/lib /venv -type f \( -name 'python3*' -o -name '*.so*' \) -exec ldd {} + 2>/dev/null \
    | awk '/=> \/(usr\/)?lib/ {print $3} /^\t\/(usr\/)?lib/ {print $1}' | sort -u | xargs cp --parents --dereference -t /image
COPY seeds /image/documents

FROM scratch
ARG MEANING
COPY --from=build /image /
COPY --from=meaning /meaning /meaning
ENV PATH=/venv/bin:/usr/local/bin \
    LANG=C.UTF-8 \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/data \
    container=oci \
    MALLOC_ARENA_MAX=2 \
    OPENBLAS_NUM_THREADS=1 \
    YUANJU_DOCUMENTS=/documents \
    YUANJU_INDEX=/data/index \
    YUANJU_MEANING=${MEANING:+/meaning}
USER 10001:0
WORKDIR /data
# Compiles the dictionaries and the index of the sample, which a new volume takes over; no image where that fails.
RUN ["python", "-m", "bot", "index"]
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s --retries=3 CMD ["python", "-m", "bot", "health"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
