# Two stages: the first builds an environment from the hashed locks, the second holds that environment and nothing else.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN pip install --require-hashes --only-binary :all: -r requirements-build.lock \
    && python -m venv /opt/assistant \
    && /opt/assistant/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml requirements.in LICENSE ./
COPY bot bot
COPY handlers handlers
COPY flows flows
COPY integrations integrations
COPY knowledge knowledge
COPY prompts prompts
COPY locales locales
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
    && /opt/assistant/bin/pip install --no-deps --no-index /wheel/*.whl \
    && /opt/assistant/bin/pip uninstall --yes pip

FROM python:3.11-slim-bookworm
# The database, the made secret and the company's content live in /app/data: mount a volume there.
RUN useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin assistant \
    && install --directory --owner assistant --group assistant /app /app/data
COPY --from=build /opt/assistant /opt/assistant
# Outside of a container the server listens on loopback; here only what Docker publishes is reachable.
ENV PATH=/opt/assistant/bin:$PATH PYTHONUNBUFFERED=1 HTTP_HOST=0.0.0.0 HTTP_PORT=8080
WORKDIR /app
USER assistant
VOLUME /app/data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['HTTP_PORT'] + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["assistant"]
CMD ["run"]
