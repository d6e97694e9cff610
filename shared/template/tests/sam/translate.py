"""Translates SAM templates with aws-sam-translator: a line of JSON for each file, in their order."""

import json
import sys

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


class Session:
    """What the translator asks a session of boto3 for."""

    region_name = "us-east-1"


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    translator = Translator({}, Parser(), boto_session=Session())
    try:
        translated = translator.translate(template, {})
    except InvalidDocumentException as refused:
        translated = {"refused": [str(cause) for cause in refused.causes]}
    print(json.dumps(translated))
