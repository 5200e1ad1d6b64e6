# Podline as a container: the service by default, any other `podline` command by name.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements/dev.txt requirements/dev.txt
RUN pip install --no-cache-dir --require-hashes --requirement requirements/dev.txt
COPY . .
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM python:3.11-slim
# A named user of its own: PostgreSQL, if embedded, refuses to start under a number without a name.
RUN useradd --system --uid 10001 --home-dir /var/lib/podline --create-home podline
COPY requirements/run.txt /tmp/run.txt
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/run.txt
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --no-deps /tmp/wheels/*.whl

USER 10001
WORKDIR /var/lib/podline
ENV PODLINE_HOME=/var/lib/podline/var \
    PODLINE_HOST=0.0.0.0 \
    PODLINE_PORT=8080 \
    PODLINE_LOG=json \
    PYTHONUNBUFFERED=1
VOLUME /var/lib/podline
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PODLINE_PORT\"]}/healthz', timeout=2)"]
CMD ["podline", "serve"]
