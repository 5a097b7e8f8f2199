# One image for every line of the Procfile: `docker run ballast web`, `docker run ballast all`. docs/deploy.md.
FROM python:3.11-slim-bookworm

# What the status page calls this version: `--build-arg VERSION=$(git rev-parse HEAD)`.
ARG VERSION=""
ENV BALLAST_VERSION=$VERSION \
    PORT=8000 \
    PYTHONUNBUFFERED=1

WORKDIR /app
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python -m compileall -q -j 0 . && useradd --uid 10001 --no-create-home --home-dir /tmp ballast

# Nothing is written but to /tmp, so it also runs with a read-only root.
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/bin/line"]
CMD ["web"]
