// Reports of what visitors used: devices, systems, browsers, screens.

import { metrics } from '../metric.ts'
import { browserEngines } from './browser-engines.ts'
import { type By, named, orElse, type Report } from './report.ts'
import { visitReport } from './visits.ts'

const deviceTypes = {
  desktop: 'Desktop',
  smartphone: 'Smartphone',
  phablet: 'Phablet',
  tablet: 'Tablet',
  tv: 'TV',
  console: 'Console',
  wearable: 'Wearable',
  car: 'Car',
  feature_phone: 'Feature phone',
  smart_display: 'Smart display',
  smart_speaker: 'Smart speaker',
  portable_media_player: 'Portable media player',
  camera: 'Camera',
  peripheral: 'Peripheral',
}

export const deviceType: By = {
  device_type: ['Device type', 'device_type', named('device_type', { '': 'Unknown', ...deviceTypes })],
}
export const browser: By = { browser_name: ['Browser', 'browser_name'] }
const brand: By = { device_brand: ['Brand', 'device_brand'] }
const system: By = { os_name: ['Operating system', 'os_name'] }

/** A name with its version or model behind it. */
const together = (name: string, further: string) =>
  `if(${name} = '', 'Unknown', trimRight(concat(${name}, ' ', ${further})))`

export const deviceReports: readonly Report[] = [
  visitReport({
    name: 'device-types',
    title: 'Device types',
    definition: 'The kind of device visitors used.',
    group: 'technology',
    matomo: 'DevicesDetection.getType',
    by: deviceType,
    always: Object.keys(deviceTypes),
    children: ['device-type-brands'],
  }),
  visitReport({
    name: 'device-type-brands',
    title: 'Brands of device types',
    definition: 'The kind of device visitors used, and who makes it.',
    group: 'technology',
    by: { ...deviceType, ...brand },
  }),
  visitReport({
    name: 'device-brands',
    title: 'Device brands',
    definition: 'Who makes the devices that visitors used.',
    group: 'technology',
    matomo: 'DevicesDetection.getBrand',
    by: brand,
    children: ['device-models'],
  }),
  visitReport({
    name: 'device-models',
    title: 'Device models',
    definition: 'The devices that visitors used, by maker and model.',
    group: 'technology',
    matomo: 'DevicesDetection.getModel',
    by: { ...brand, device_model: ['Model', 'device_model'] },
    label: `if(device_brand = '' AND device_model = '', 'Unknown', trimBoth(concat(device_brand, ' ', device_model)))`,
  }),
  visitReport({
    name: 'os',
    title: 'Operating systems',
    definition: 'The operating system of the device.',
    group: 'technology',
    matomo: 'DevicesDetection.getOsFamilies',
    by: system,
    children: ['os-versions'],
  }),
  visitReport({
    name: 'os-versions',
    title: 'Operating system versions',
    definition: 'The operating system of the device, with its version.',
    group: 'technology',
    matomo: 'DevicesDetection.getOsVersions',
    by: { ...system, os_version: ['Version', 'os_version'] },
    label: together('os_name', 'os_version'),
  }),
  visitReport({
    name: 'browsers',
    title: 'Browsers',
    definition: 'The browser visitors used.',
    group: 'technology',
    matomo: 'DevicesDetection.getBrowsers',
    by: browser,
    children: ['browser-versions'],
  }),
  visitReport({
    name: 'browser-versions',
    title: 'Browser versions',
    definition: 'The browser visitors used, with its version.',
    group: 'technology',
    matomo: 'DevicesDetection.getBrowserVersions',
    by: { ...browser, browser_version: ['Version', 'browser_version'] },
    label: together('browser_name', 'browser_version'),
  }),
  visitReport({
    name: 'browser-engines',
    title: 'Browser engines',
    definition: 'The engine inside the browser, which decides how a page looks and works.',
    group: 'technology',
    matomo: 'DevicesDetection.getBrowserEngines',
    by: {
      browser_engine: [
        'Engine',
        // No other engine is allowed there.
        `multiIf(browser_name = '', '', os_name IN ('iOS', 'iPadOS'), 'WebKit',
          transform(toString(browser_name), {engine_browsers:Array(String)}, {engines:Array(String)}, ''))`,
      ],
    },
    params: browserEngines,
  }),
  visitReport({
    name: 'resolutions',
    title: 'Screen resolutions',
    definition: 'Size of the screen in pixels and its colour depth in bits.',
    group: 'technology',
    matomo: 'Resolution.getResolution',
    by: {
      resolution: ['Resolution', 'resolution'],
      color_depth: ['Colour depth', `if(color_depth = 0, '', toString(color_depth))`],
    },
    label: `concat(if(resolution = '', 'Unknown', resolution), if(color_depth = '', '', concat(', ', color_depth, ' bit')))`,
  }),
  visitReport({
    name: 'configurations',
    title: 'Configurations',
    definition: 'Operating system, browser and size of the screen together.',
    group: 'technology',
    matomo: 'Resolution.getConfiguration',
    by: { ...system, ...browser, resolution: ['Resolution', 'resolution'] },
    label: `arrayStringConcat([${['os_name', 'browser_name', 'resolution'].map((part) => `toString(${orElse(part, 'Unknown')})`).join(', ')}], ' / ')`,
  }),
  {
    ...visitReport({
      name: 'techniques',
      title: 'Browser techniques',
      definition:
        'What the browser says it can do; a visit counts for each technique, the total is all visits.',
      group: 'technology',
      matomo: 'DevicePlugins.getPlugin',
      by: {
        technique: [
          'Technique',
          'arrayJoin(techniques)',
          named('technique', {
            cookies: 'Cookies',
            java: 'Java',
            flash: 'Flash',
            pdf: 'PDF',
            windows_media: 'Windows Media',
            quicktime: 'QuickTime',
            realplayer: 'RealPlayer',
            director: 'Director',
            silverlight: 'Silverlight',
            gears: 'Gears',
          }),
        ],
      },
    }),
    metrics: [metrics.visits, metrics.visitors],
  },
]
