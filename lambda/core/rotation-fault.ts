// What ends an event of the rotation with an error: its text is for the operator, and holds no value of a secret.

export class RotationFault extends Error {
  override readonly name = "RotationFault";
}
