# syntax=docker/dockerfile:1

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
# The packages come first: they change less often than the code.
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/sentinel \
    && /opt/sentinel/bin/python -m pip install --require-hashes --only-binary :all: --requirement requirements.lock \
    && python -m pip install --require-hashes --only-binary :all: --requirement requirements-build.lock
COPY LICENSE README.md pyproject.toml rules.yaml ./
COPY migrations migrations
COPY sentinel sentinel
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/sentinel/bin/python -m pip install --no-deps --no-index dist/*.whl \
    && /opt/sentinel/bin/python -m pip uninstall --yes pip

FROM python:3.13-slim
# A fixed id, so that a volume's owner can be set from outside.
RUN groupadd --system --gid 10001 sentinel \
    && useradd --system --uid 10001 --gid sentinel --home-dir /data --no-create-home --shell /usr/sbin/nologin sentinel \
    && install --directory --owner sentinel --group sentinel --mode 0700 /data
COPY --from=build /opt/sentinel /opt/sentinel
ENV PATH=/opt/sentinel/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SENTINEL_DATABASE_URL=sqlite:////data/sentinel.db \
    SENTINEL_LOG_FORMAT=json \
    SENTINEL_RULES=/etc/sentinel/rules.yaml
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5m --timeout=30s --start-period=2m CMD ["sentinel", "status", "--json"]
ENTRYPOINT ["sentinel"]
CMD ["run"]
