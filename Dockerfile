# The page assets: compiled files of the design system, nothing of node remains.
FROM node:22-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.13-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes --requirement /tmp/base.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/staticfiles \
    STORAGE_URL=file:///var/lib/milepost/media
RUN useradd --system --uid 10001 --create-home milepost \
 && install --directory --owner=milepost --group=milepost /var/lib/milepost/media /app
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY --chown=milepost:milepost . .
COPY --from=assets --chown=milepost:milepost /assets/node_modules /app/node_modules
USER milepost
# Settings are complete enough to collect files; none of these values is used when the site runs.
RUN python -m config.assets --packages node_modules \
 && rm -rf node_modules \
 && SECRET_KEY=build DATABASE_URL=postgresql://build REDIS_URL=redis://build ALLOWED_HOSTS=build \
    python manage.py collectstatic --noinput --ignore viewflow --verbosity 0
VOLUME /var/lib/milepost/media
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--no-control-socket"]
