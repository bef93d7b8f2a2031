// Which engine a browser has inside, by the browser's name: of those that people use in numbers. Old versions of some
// had another one; hits of those are too few to be told apart.

import type { Params } from '../../store/store.ts'

const engines = {
  Blink: [
    ...['Chrome', 'Chrome Mobile', 'Chrome Webview', 'Chromium', 'Headless Chrome', 'Android WebView'],
    ...['Microsoft Edge', 'Edge', 'Edge WebView', 'Opera', 'Opera GX', 'Opera Mobile', 'Opera Next'],
    ...[
      'Samsung Browser',
      'Samsung Internet',
      'Vivaldi',
      'Brave',
      'Yandex Browser',
      'Mi Browser',
      'Whale Browser',
    ],
    ...[
      'Huawei Browser Mobile',
      'Huawei Browser',
      'Oppo Browser',
      'HeyTapBrowser',
      'vivo Browser',
      'UC Browser',
    ],
    ...[
      'QQ Browser',
      'QQ Browser Mobile',
      'Sogou Explorer',
      '360 Secure Browser',
      '360 Browser',
      '360 Phone Browser',
    ],
    ...[
      'Ecosia',
      'Coc Coc',
      'Amazon Silk',
      'Mobile Silk',
      'DuckDuckGo Privacy Browser',
      'Google App',
      'Cốc Cốc',
    ],
    ...[
      'Avast Secure Browser',
      'AVG Secure Browser',
      'Norton Private Browser',
      'CCleaner',
      'Iridium',
      'Iron',
    ],
    ...['Oculus Browser', 'Puffin Cloud Browser', 'Maxthon', 'Sputnik Browser', 'Atom', 'Electron', 'Kiwi'],
    ...[
      'Android Browser',
      'Quark',
      'Phoenix Browser',
      'Aloha Browser',
      'Arc',
      'Comet',
      'ChatGPT Atlas',
      'Dia',
    ],
    ...['Tesla Browser', 'Roku Browser', 'LG Browser', 'Tizen Browser', 'Vewd Browser', 'QtWebEngine'],
  ],
  WebKit: [
    ...['Safari', 'Mobile Safari', 'Safari Technology Preview', 'Apple WebView', 'Chrome Mobile iOS'],
    ...[
      'Firefox Mobile iOS',
      'Firefox Focus iOS',
      'Opera Mini iOS',
      'Vivaldi Mobile iOS',
      'GNOME Web',
      'Epiphany',
    ],
    ...['Orion', 'Quiche Browser', 'Onion Browser', 'Arc Search', 'Nintendo Browser', 'PlayStation Browser'],
    ...[
      'BlackBerry Browser',
      'BlackBerry',
      'Nokia Browser',
      'Midori',
      'webOS',
      'Dolphin',
      'QtWeb',
      'Otter Browser',
    ],
  ],
  Gecko: [
    ...[
      'Firefox',
      'Firefox Mobile',
      'Firefox Focus',
      'Firefox Reality',
      'Tor Browser',
      'LibreWolf',
      'Waterfox',
    ],
    ...['Floorp', 'Zen Browser', 'IceCat', 'Iceweasel', 'SeaMonkey', 'Mullvad Browser', 'Fennec', 'Camino'],
    ...['K-meleon', 'Galeon', 'Wolvic', 'KaiOS', 'Ghostery Privacy Browser', 'Iceraven', 'Cyberfox'],
  ],
  Goanna: ['Pale Moon', 'Basilisk', 'Mypal', 'Arctic Fox', 'Centaury'],
  Trident: ['Internet Explorer', 'IE Mobile', 'Pocket Internet Explorer', 'AOL Explorer'],
  Presto: ['Opera Mini'],
  NetFront: ['NetFront', 'NetFront Life'],
  KHTML: ['Konqueror'],
  ArkWeb: ['Harmony 360 Browser'],
  LibWeb: ['Ladybird'],
  'Text-based': ['Lynx', 'Links', 'Elinks', 'w3m'],
}

/** For `transform(browser, {engine_browsers:Array(String)}, {engines:Array(String)}, '')`. */
export const browserEngines: Params = {
  engine_browsers: Object.values(engines).flat(),
  engines: Object.entries(engines).flatMap(([engine, browsers]) => browsers.map(() => engine)),
}
