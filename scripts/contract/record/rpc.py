"""One request of each method, as kagglesdk would send it to Kaggle. Nothing leaves the process."""

import inspect
import json

import requests
from extract import full_name
from kagglesdk import KaggleClient
from kagglesdk.kaggle_env import KaggleEnv

from record.values import filled, plain, present


class Catcher(requests.adapters.BaseAdapter):
    """Keeps the last request and returns {}."""

    def send(self, request, **_):
        self.request = request
        response = requests.Response()
        response.request, response.url, response.status_code = request, request.url, 200
        response.headers["Content-Type"] = "application/json"
        response._content = b"{}"
        return response

    def close(self):
        pass


def calls(client):
    """The calling functions of all services."""
    for area in vars(client).values():
        for service in vars(area).values() if area.__class__.__qualname__.startswith("KaggleClient.") else []:
            for name, function in inspect.getmembers(service, inspect.ismethod):
                if not name.startswith("_"):
                    yield function


def rows():
    catcher = Catcher()
    with KaggleClient(env=KaggleEnv.PROD, api_token="KGAT_test") as client:
        client.http_client()._session.mount("https://", catcher)
        for function in calls(client):
            cls = inspect.signature(function).parameters["request"].annotation
            request = filled(cls, full_name(cls))
            function(request)
            sent = catcher.request
            service, method = sent.path_url.split("/")[-2:]
            yield {
                "service": service,
                "method": method,
                "httpMethod": sent.method,
                "url": sent.url,
                "instance": plain(request, present),
                "body": json.loads(sent.body),
            }


def sections():
    return {"rpc": sorted(rows(), key=lambda row: (row["service"], row["method"]))}
