/**
 * Threads for onnxruntime: Lambda allots one vCPU per 1,769 MB of memory.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 * @param memoryMb memory of the function; 0 if it is not known
 */
export function threadsFor(memoryMb: number): number {
  return Math.max(1, Math.round(memoryMb / 1769));
}
