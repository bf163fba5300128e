"""Casework inside Django, as a project of one file: worklist, case, trigger; a middleware answers refusals.

Run it with `python examples/django_app.py runserver`; a real project has these lines in its settings, urls and views.
"""

import json
import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from casework import Actor, Case, Casework, Desk, Refused
from casework.rescue import rescue

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[f"{__name__}.Refusals"], USE_TZ=True)
django.setup()
app = Casework(os.environ.get("CASEWORK_STORE", "sqlite://"), case_types=[rescue])  # one for the process
app.create_tables()
STATUS = {"invalid-form": 422, "not-permitted": 403, "not-found": 404, "store-unavailable": 503}


class Refusals:
    """Every refusal becomes an answer with its reason, in the language of the browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        language = "zh" if request.headers.get("Accept-Language", "").startswith("zh") else "en"
        told = {"code": error.refusal.code, "message": error.refusal.sentence(language)}
        return JsonResponse(told, status=STATUS.get(error.refusal.code, 409))


def desk(request: HttpRequest) -> Desk:
    """A real project reads request.user here, and its groups as roles."""
    return app.desk(Actor(request.headers.get("X-Actor", "nobody"), request.headers.get("X-Roles", "").split()))


def shown(case: Case) -> dict[str, object]:
    return {"id": case.id, "state": case.state, "revision": case.revision}


def worklist(request: HttpRequest, name: str) -> HttpResponse:
    return JsonResponse({"cases": [shown(case) for case in desk(request).worklist("rescue", name).cases]})


def fire(request: HttpRequest, case_id: str, trigger: str) -> HttpResponse:
    return JsonResponse(shown(desk(request).fire(case_id, trigger, json.loads(request.body))))


urlpatterns = [path("worklists/<name>", worklist), path("cases/<case_id>/<trigger>", fire)]
if __name__ == "__main__":
    execute_from_command_line(sys.argv)
