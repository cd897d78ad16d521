/** The methods of the kernels service. */
export { getKernelSessionLogsStream } from './log-stream.ts';
export { downloadKernelOutput, downloadKernelOutputZip, listKernelFiles, listKernelSessionOutput } from './output.ts';
export { getAcceleratorQuotaStatistics } from './quota.ts';
export { getKernel, listKernels } from './read.ts';
export { saveKernel } from './save.ts';
export { cancelKernelSession, createKernelSession, deleteKernel, getKernelSessionStatus } from './sessions.ts';
