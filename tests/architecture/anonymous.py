"""Addresses that a stranger may look at: the public pages, and forms and links that lead to an account."""

PUBLIC = {
    "public:certificate-verify",
    "public:city-badge",
    "public:city-detail",
    "public:city-list",
    "public:home",
}
FORMS_AND_LINKS = {
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",  # says that nobody signs up by themselves
    "workflows:commitment-sign",
    "workflows:apply",
    "workflows:apply-claim",
    "workflows:apply-sent",
    "notifications:unsubscribe",  # by its signed link
    "workflows:invitation-accept",
}
FOR_MACHINES = {
    "api-docs",
    "workflows:calendar-feed",  # by its token
    "api-schema",
    "reports:healthz",
    "reports:metrics",  # on the same machine, or with a token
    "reports:readyz",
}
DEVELOPMENT = {"core:styleguide"}  # not there on a real installation

ANONYMOUS = PUBLIC | FORMS_AND_LINKS | FOR_MACHINES | DEVELOPMENT
