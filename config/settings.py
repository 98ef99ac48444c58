"""Every difference between one installation and another is an environment variable."""

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env
from config import local
from core.logs import without_tokens

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = local.root()

env.adopt_demo(LOCAL_DIR / "demo.env")

DEBUG = env.flag("DEBUG")
DEMO = env.flag("MILEPOST_DEMO")
PRODUCTION = not DEBUG and not DEMO

if DEBUG:
    SECRET_KEY = env.text("SECRET_KEY", "only-for-development-" + "x" * 50)
else:
    SECRET_KEY = env.required("SECRET_KEY", "the key that signs sessions and links")

ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
if PRODUCTION:
    env.required("DATABASE_URL", "the address of the PostgreSQL database")
    env.required("REDIS_URL", "the address of the broker")
    env.required("ALLOWED_HOSTS", "the host names this site answers to, separated by commas")
else:
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["127.0.0.1", "localhost", "[::1]", "testserver"]

BASE_URL = env.text("BASE_URL").rstrip("/")
if not BASE_URL:
    BASE_URL = f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else "http://127.0.0.1:8000"
if urlsplit(BASE_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured("BASE_URL must begin with https:// or http://.")
HTTPS = BASE_URL.startswith("https://")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

INSTALLED_APPS = [
    "core",
    "people",
    "notifications",
    "cities",
    "standards",
    "cases",
    "certification",
    "coaching",
    "workflows",
    "reports",
    "public",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_filters",
    "template_partials",
    "rules.apps.AutodiscoverRulesConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "viewflow",
    "viewflow.workflow",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.RequestLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.SignedInOnly",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "people.middleware.SecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "people.middleware.ReaderTimeZone",
    "core.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.frame",
                "workflows.context_processors.navigation",
                "notifications.context_processors.bell",
            ],
        },
    }
]

DATABASE_URL = env.text("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(env.database(DATABASE_URL) if DATABASE_URL else local.database()),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "5")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = env.text("REDIS_URL") or local.broker_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": BROKER_URL,
        "KEY_PREFIX": "milepost",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(LOCAL_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "workflows.sweep", "schedule": 60.0, "options": {"expires": 55}},
    "notices": {"task": "notifications.sweep", "schedule": 30.0, "options": {"expires": 25}},
    "heartbeat": {"task": "reports.heartbeat", "schedule": 15.0, "options": {"expires": 14}},
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Whoever finds a screen unlocked must not be able to take the account over.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
RELAXED_LIMITS = DEMO or env.flag("RELAXED_LIMITS")
ACCOUNT_RATE_LIMITS = {"apply": "20/h/ip"}
if RELAXED_LIMITS:
    ACCOUNT_RATE_LIMITS = dict.fromkeys(["login", "login_failed", "apply"], "10000/m/ip")
MFA_TOTP_ISSUER = "Milepost"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SECOND_FACTOR_REQUIRED = not DEMO

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "America/New_York")

STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")) if PRODUCTION else None
ASSETS_DIR = BASE_DIR / ".local" / "assets"
STATICFILES_DIRS = [ASSETS_DIR] if ASSETS_DIR.is_dir() else []
STORED_STATICFILES = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if PRODUCTION
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STORED_STATICFILES},
}
MEDIA_ROOT = env.storage(env.text("STORAGE_URL", f"file://{LOCAL_DIR / 'media'}"))
# Uploads are served by views that ask who is reading, never as plain files.
MEDIA_URL = ""

FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.LimitedFileUploadHandler",
]

EMAIL_URL = env.text("EMAIL_URL", "smtp://localhost" if PRODUCTION else f"file://{LOCAL_DIR / 'mail'}")
globals().update(env.email(EMAIL_URL))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text(
    "FROM_EMAIL", f"Milepost <milepost@{urlsplit(BASE_URL).hostname}>"
)
# To whom mails come back that can't be delivered, and the mailbox in which Milepost reads of it.
BOUNCE_EMAIL = env.text("BOUNCE_EMAIL", parseaddr(DEFAULT_FROM_EMAIL)[1])
BOUNCE_MAILBOX = env.mailbox(env.text("BOUNCE_URL"))
if BOUNCE_MAILBOX:
    CELERY_BEAT_SCHEDULE["bounces"] = {
        "task": "notifications.read_bounces",
        "schedule": 300.0,
        "options": {"expires": 290},
    }
# Before a mail that was not taken is tried again; each further pause is twice as long.
DELIVERY_FIRST_PAUSE = timedelta(minutes=1)

SENTRY_DSN = env.text("SENTRY_DSN")
METRICS_TOKEN = env.text("METRICS_TOKEN")

DJANGO_STRUCTLOG_CELERY_ENABLED = True

# Its own middleware is for its own pages, which are not mounted.
VIEWFLOW = {"AUTOREGISTER": False}

# Requests a minute for each caller of the API.
API_REQUESTS_A_MINUTE = env.number("API_REQUESTS_A_MINUTE", 600)
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.api.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "people.api.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.limits.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {"caller": None if RELAXED_LIMITS else f"{API_REQUESTS_A_MINUTE}/min"},
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "core.api.refusals.answer_refusal",
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Milepost API",
    "VERSION": "1",
    "DESCRIPTION": "Where each city stands on its way to certification. Moments are in UTC.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "ENUM_NAME_OVERRIDES": {
        "PartyEnum": "cases.enums.Party",
        "StageEnum": "cases.enums.Stage",
        "WaitingOnEnum": "workflows.api.serializers.WAITING_ON",
        "EngagementStatusEnum": "coaching.enums.EngagementStatus",
    },
}

LOG_RENDERER: Any = (
    structlog.dev.ConsoleRenderer(colors=False) if DEBUG or DEMO else structlog.processors.JSONRenderer()
)
SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    without_tokens,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]
structlog.configure(
    processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED_PROCESSORS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_tokens,
                structlog.processors.format_exc_info,
                LOG_RENDERER,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django_structlog": {"level": "WARNING" if DEBUG or DEMO else "INFO"},
        "viewflow": {"level": "WARNING"},
    },
}

# Whoever worked for a city (or a partner that coached it) this many years ago or less may not judge it.
CONFLICT_YEARS = env.number("CONFLICT_YEARS", 3)

# Where one size group of cities ends and the next begins, in people: reports compare within a group.
SIZE_GROUPS = env.numbers("SIZE_GROUPS", (100_000, 250_000, 500_000))
