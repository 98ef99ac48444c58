from django.urls import path

from reports.views import health, metrics, operations, pipeline

app_name = "reports"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("reports/pipeline/", pipeline.PipelinePage.as_view(), name="pipeline"),
    path("reports/pipeline.csv", pipeline.PipelineCsv.as_view(), name="pipeline-csv"),
    path("reports/operations/", operations.Operations.as_view(), name="operations"),
    path("metrics", metrics.metrics, name="metrics"),
]
