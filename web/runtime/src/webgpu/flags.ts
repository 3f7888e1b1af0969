/** Flags of the WebGPU standard. Their names are globals only where WebGPU is, so they are repeated here. */
export const BufferUsage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, storage: 0x80 } as const
export const computeStage = 0x4
export const readMode = 0x1
