import type { DeviceData } from '../server/enrich/device-data.ts'

/** Writes devices.json and devices.LICENSE into a folder. */
export function buildDevices(folder: string): Promise<void>
export function compileDevices(): Promise<DeviceData>
