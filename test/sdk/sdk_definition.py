"""Emits, by the SageMaker SDK, the definition of the pipeline that the names on stdin describe: what ours must equal."""

import json
import logging
import sys

logging.disable(logging.CRITICAL)

import boto3  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.inputs import TrainingInput  # noqa: E402
from sagemaker.model import Model  # noqa: E402
from sagemaker.model_metrics import MetricsSource, ModelMetrics  # noqa: E402
from sagemaker.network import NetworkConfig  # noqa: E402
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor  # noqa: E402
from sagemaker.workflow.condition_step import ConditionStep  # noqa: E402
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo  # noqa: E402
from sagemaker.workflow.execution_variables import ExecutionVariables  # noqa: E402
from sagemaker.workflow.fail_step import FailStep  # noqa: E402
from sagemaker.workflow.functions import Join, JsonGet  # noqa: E402
from sagemaker.workflow.model_step import ModelStep  # noqa: E402
from sagemaker.workflow.parameters import ParameterFloat, ParameterString  # noqa: E402
from sagemaker.workflow.pipeline import Pipeline  # noqa: E402
from sagemaker.workflow.pipeline_context import PipelineSession  # noqa: E402
from sagemaker.workflow.properties import PropertyFile  # noqa: E402
from sagemaker.workflow.retry import (  # noqa: E402
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep  # noqa: E402

INPUT = "/opt/ml/processing/input"
OUTPUT = "/opt/ml/processing/output"
ACCURACY = "multiclass_classification_metrics.accuracy.value"


def definition(names: dict) -> dict:
    boto = boto3.Session(region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    session = PipelineSession(boto_session=boto, default_bucket=names["bucket"])
    data = ParameterString("InputData", default_value=f"s3://{names['bucket']}/{names['data']}")
    processing = ParameterString("ProcessingInstanceType", default_value=names["processingInstanceType"])
    training = ParameterString("TrainingInstanceType", default_value=names["trainingInstanceType"])
    threshold = ParameterFloat("AccuracyThreshold", default_value=names["accuracyThreshold"])
    approval = ParameterString(
        "ModelApprovalStatus",
        default_value=names["approvalStatus"],
        enum_values=["Approved", "PendingManualApproval"],
    )
    network = names.get("network")
    vpc = {} if network is None else {"subnets": network["subnets"], "security_group_ids": network["securityGroups"]}
    faults = StepRetryPolicy(
        exception_types=[StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
        interval_seconds=10,
        backoff_rate=2.0,
        max_attempts=5,
    )
    capacity = SageMakerJobStepRetryPolicy(
        exception_types=[SageMakerJobExceptionTypeEnum.CAPACITY_ERROR],
        interval_seconds=60,
        backoff_rate=2.0,
        max_attempts=5,
    )
    every = {"cache_config": CacheConfig(enable_caching=True, expire_after="30d"), "retry_policies": [faults, capacity]}

    def place(prefix, *rest):
        start = f"s3://{names['bucket']}/{prefix}"
        return Join(on="/", values=[start, ExecutionVariables.PIPELINE_EXECUTION_ID, *rest])

    def processor(script):
        return Processor(
            role=names["roles"][script],
            image_uri=names["image"],
            instance_count=1,
            instance_type=processing,
            entrypoint=["python3", f"{INPUT}/code/start.py", script],
            volume_size_in_gb=30,
            volume_kms_key=names["keyArn"],
            output_kms_key=names["keyArn"],
            max_runtime_in_seconds=3600,
            sagemaker_session=session,
            network_config=NetworkConfig(
                enable_network_isolation=True, encrypt_inter_container_traffic=True, **vpc
            ),
        )

    def source(name, where):
        return ProcessingInput(source=where, destination=f"{INPUT}/{name}", input_name=name)

    def result(name, where):
        return ProcessingOutput(output_name=name, source=f"{OUTPUT}/{name}", destination=where)

    common = {name: f"s3://{names['bucket']}/{names[name]}" for name in ("code", "wheels")}

    def inputs(**more):
        return [source(name, where) for name, where in {**common, **more}.items()]

    split = ProcessingStep(
        name="Split",
        step_args=processor("split").run(
            inputs=inputs(data=data),
            outputs=[result("train", place("split", "train")), result("test", place("split", "test"))],
            arguments=["--test-percent", "30", "--seed", "20260101"],
        ),
        **every,
    )
    parts = split.properties.ProcessingOutputConfig.Outputs
    estimator = Estimator(
        image_uri=names["image"],
        role=names["roles"]["train"],
        instance_count=1,
        instance_type=training,
        volume_size=30,
        volume_kms_key=names["keyArn"],
        output_path=place("trained"),
        output_kms_key=names["keyArn"],
        max_run=3600,
        hyperparameters={"seed": "20260101", "max_iter": "1000"},
        enable_network_isolation=True,
        encrypt_inter_container_traffic=True,
        container_entry_point=["python3", "/opt/ml/input/data/code/start.py"],
        container_arguments=["train"],
        disable_profiler=True,
        debugger_hook_config=False,
        sagemaker_session=session,
        **vpc,
    )
    channels = {name: TrainingInput(where) for name, where in common.items()}
    channels["train"] = TrainingInput(parts["train"].S3Output.S3Uri, content_type="text/csv")
    train = TrainingStep(name="Train", step_args=estimator.fit(inputs=channels), **every)
    artefact = train.properties.ModelArtifacts.S3ModelArtifacts
    report = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")
    evaluate = ProcessingStep(
        name="Evaluate",
        step_args=processor("evaluate").run(
            inputs=inputs(model=artefact, test=parts["test"].S3Output.S3Uri),
            outputs=[result("evaluation", place("evaluation"))],
        ),
        property_files=[report],
        **every,
    )
    reported = evaluate.properties.ProcessingOutputConfig.Outputs["evaluation"].S3Output.S3Uri
    model = Model(
        image_uri=names["image"], model_data=artefact, sagemaker_session=session, role=names["roles"]["train"]
    )
    register = ModelStep(
        name="Register",
        step_args=model.register(
            content_types=["application/json"],
            response_types=["application/json"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            model_package_group_name=names["group"],
            approval_status=approval,
            model_metrics=ModelMetrics(
                model_statistics=MetricsSource(
                    s3_uri=Join(on="/", values=[reported, "evaluation.json"]), content_type="application/json"
                )
            ),
        ),
        retry_policies=[faults],
    )
    accuracy = JsonGet(step_name=evaluate.name, property_file=report, json_path=ACCURACY)
    text = ["The model is not registered: its accuracy ", accuracy, " is below the threshold ", threshold, "."]
    judge = ConditionStep(
        name="Judge",
        conditions=[ConditionGreaterThanOrEqualTo(left=accuracy, right=threshold)],
        if_steps=[register],
        else_steps=[FailStep(name="Refuse", error_message=Join(on="", values=text))],
    )
    pipeline = Pipeline(
        name="pipeline",
        parameters=[data, processing, training, threshold, approval],
        steps=[split, train, evaluate, judge],
        sagemaker_session=session,
        pipeline_experiment_config=None,
    )
    return json.loads(pipeline.definition())


if __name__ == "__main__":
    json.dump([definition(names) for names in json.load(sys.stdin)], sys.stdout)
