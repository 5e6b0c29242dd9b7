// What a transform gets when it imports a file of its folder that is no code (docs/transforms.md).

declare module "*.txt" {
  const text: string;
  export default text;
}

declare module "*.csv" {
  const text: string;
  export default text;
}

declare module "*.bin" {
  const bytes: Uint8Array;
  export default bytes;
}
