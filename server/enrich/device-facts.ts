// What is told of the device behind a request, whichever recogniser told it.

export type DeviceType =
  | 'desktop'
  | 'smartphone'
  | 'phablet'
  | 'tablet'
  | 'feature_phone'
  | 'tv'
  | 'console'
  | 'wearable'
  | 'car'
  | 'smart_display'
  | 'smart_speaker'
  | 'portable_media_player'
  | 'camera'
  | 'peripheral'
  | ''

export type Device = {
  /** `family` puts Ubuntu with GNU/Linux and iPadOS with iOS. */
  os: { name: string; version: string; family: string }
  browser: { name: string; version: string }
  device: { type: DeviceType; brand: string; model: string }
  bot: boolean
}
