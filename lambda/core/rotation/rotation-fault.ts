// The error with which the rotation refuses an event. Its message is for the operator and contains no secret value.

export class RotationFault extends Error {
  override readonly name = "RotationFault";
}
