# The service in a container. See docs/operations.md for its settings.

FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/rapport
ENV PATH=/opt/rapport/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
COPY requirements/build.txt requirements/runtime.txt requirements/
RUN pip install --require-hashes --no-build-isolation -r requirements/build.txt
# Without this flag LightFM, where it has no wheel, is compiled for the building machine only.
RUN LIGHTFM_NO_CFLAGS=1 pip install --require-hashes --no-build-isolation -r requirements/runtime.txt
COPY pyproject.toml README.md ./
COPY api api
COPY matching matching
COPY migrations migrations
COPY seed seed
RUN pip install --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home rapport \
    && install -d -m 700 -o rapport -g rapport /data /spool
COPY --from=build /opt/rapport /opt/rapport
ENV PATH=/opt/rapport/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RAPPORT_DATABASE_URL=sqlite:////data/rapport.db \
    RAPPORT_SPOOL_DIRECTORY=/spool
USER rapport
WORKDIR /data
VOLUME ["/data", "/spool"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
  "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["rapport", "serve", "--host", "0.0.0.0"]
