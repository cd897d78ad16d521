"""Points the official clients at KAGGLE_TS_ENDPOINT: the environments that they know have fixed addresses."""

import os

from kagglesdk import kaggle_env

for environment in kaggle_env._env_to_endpoint:
    kaggle_env._env_to_endpoint[environment] = os.environ["KAGGLE_TS_ENDPOINT"]
