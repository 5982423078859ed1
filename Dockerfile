# Two stages: one that installs and seeds, one that only serves.
ARG BASE=python:3.13-slim
FROM ${BASE} AS build
WORKDIR /app
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY alembic alembic
COPY data data
COPY api api
RUN /venv/bin/pip install --no-deps --no-build-isolation --editable .
# The image carries its release: it starts read-only, and at once.
RUN /venv/bin/failed-fusion seed

FROM ${BASE}
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# Nobody's files: the process can read them and write none, its database included.
USER 65534:65534
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=2)"]
CMD ["failed-fusion", "serve", "--no-prepare"]
