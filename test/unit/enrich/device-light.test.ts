// The light recogniser: its names are its own.

import { describe, expect, test } from 'vitest'
import { chooseRecognition, parse } from '../../../server/enrich/device.ts'

chooseRecognition('light')

describe("a person's device is told by its agent", () => {
  // Agent; system; browser; kind; brand and model.
  test.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Windows 10',
      'Chrome 143',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
      'Windows 10',
      'Firefox 145',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
      'Windows 10',
      'Edge 142',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
      'Windows 7',
      'Internet Explorer 11',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 5.1; rv:52.0) Gecko/20100101 Firefox/52.0',
      'Windows XP',
      'Firefox 52',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 6.3; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36',
      'Windows 8.1',
      'Chrome 109',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0',
      'Windows 10',
      'Opera 125',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 YaBrowser/25.10.0.0 Safari/537.36',
      'Windows 10',
      'Yandex Browser 25.10',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Vivaldi/7.6.3797.63',
      'Windows 10',
      'Vivaldi 7',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
      'macOS',
      'Safari 26.1',
      'desktop',
      'Apple',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'macOS',
      'Chrome 143',
      'desktop',
      'Apple',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0',
      'macOS',
      'Firefox 145',
      'desktop',
      'Apple',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_6) AppleWebKit/601.7.7 (KHTML, like Gecko) Version/9.1.2 Safari/601.7.7',
      'macOS 10.11',
      'Safari 9.1',
      'desktop',
      'Apple',
    ],
    [
      'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
      'Ubuntu',
      'Firefox 144',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Linux',
      'Chrome 143',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      'Chrome OS',
      'Chrome 142',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'FreeBSD',
      'Firefox 140',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
      'iOS 26.1',
      'Safari 26.1',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      'iOS 18.6',
      'Safari 18.6',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 9_3_2 like Mac OS X) AppleWebKit/601.1.46 (KHTML, like Gecko) Version/9.0 Mobile/13F69 Safari/601.1',
      'iOS 9.3',
      'Safari 9',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
      'iPadOS 26',
      'Safari 26',
      'tablet',
      'Apple iPad',
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1',
      'iOS 12.5',
      'Safari 12.1',
      'tablet',
      'Apple iPad',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1',
      'iOS',
      'Chrome 142',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/144.0 Mobile/15E148 Safari/604.1',
      'iOS 18.5',
      'Firefox 144',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36',
      'Android',
      'Chrome 143',
      'smartphone',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
      'Android',
      'Chrome 143',
      'tablet',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36',
      'Android 13',
      'Chrome 112',
      'smartphone',
      'Samsung SM-S918B',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Android',
      'Samsung Internet 28',
      'smartphone',
      '',
    ],
    [
      'Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0',
      'Android 15',
      'Firefox 145',
      'smartphone',
      '',
    ],
    [
      'Mozilla/5.0 (Android 14; Tablet; rv:145.0) Gecko/145.0 Firefox/145.0',
      'Android 14',
      'Firefox 145',
      'tablet',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; Android 5.1.1; Nexus 5 Build/LMY48B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/43.0.2357.65 Mobile Safari/537.36',
      'Android 5.1',
      'Android WebView 43',
      'smartphone',
      'LG Nexus 5',
    ],
    [
      'Mozilla/5.0 (Linux; U; Android 4.4.2; de-de; GT-I9505 Build/KOT49H) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
      'Android 4.4',
      'Android Browser 4',
      'smartphone',
      'Samsung GT-I9505',
    ],
    [
      'Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/140.3.1 like Chrome/140.0.7339.51 Safari/537.36',
      'Android 9',
      'Amazon Silk 140',
      'tablet',
      'Amazon KFMAWI',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; SM-T510) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.45 Safari/537.36',
      'Android 10',
      'Chrome 96',
      'tablet',
      'Samsung SM-T510',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 405.0.0.23.80 (iPhone15,2; iOS 26_1; de_DE; de; scale=3.00; 1179x2556; IABMV/1)',
      'iOS 26.1',
      'Instagram 405',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/23B85 [FBAN/FBIOS;FBAV/537.0.0.50.72;FBBV/812;FBDV/iPhone16,1;FBMD/iPhone;FBSN/iOS;FBSV/26.1;FBSS/3;FBCR/;FBID/phone;FBLC/de_DE;FBOP/80]',
      'iOS 26.1',
      'Facebook 537',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.102 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/537.0.0.50.72;]',
      'Android 14',
      'Facebook 537',
      'smartphone',
      'Google Pixel 8',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
      'iOS',
      'Apple WebView',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/400.0.0 Mobile/15E148 Safari/604.1',
      'iOS 17.5',
      'Google App 400',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; M2101K6G Build/TKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36 musical_ly_2023505030 BytedanceWebview/d8a21c6',
      'Android 13',
      'TikTok',
      'smartphone',
      'Xiaomi M2101K6G',
    ],
    [
      'Mozilla/5.0 (Linux; Android 12; V2111 Build/SP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/107.0 Mobile Safari/537.36 MicroMessenger/8.0.38.2400(0x28002651) NetType/WIFI Language/zh_CN',
      'Android 12',
      'WeChat 8',
      'smartphone',
      'V2111',
    ],
    [
      'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063',
      'Windows Phone 10',
      'Edge 15',
      'smartphone',
      'Microsoft Lumia 950',
    ],
    [
      'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/3.0 Chrome/76.0.3809.146 TV Safari/537.36',
      'Tizen 6',
      'Samsung Internet 3',
      'tv',
      'Samsung',
    ],
    [
      'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager',
      'webOS 23',
      'Chrome 94',
      'tv',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; NetCast; U) AppleWebKit/537.31 (KHTML, like Gecko) Chrome/38.0.2125.122 Safari/537.31 SmartTV/7.0',
      'Linux',
      'Chrome 38',
      'tv',
      'LG',
    ],
    ['HbbTV/1.2.1 (;Panasonic;VIERA 2013;3.672;4101-0003 0002-0000;)', '', '', 'tv', 'Panasonic VIERA 2013'],
    [
      'Opera/9.80 (Linux armv7l; HbbTV/1.2.1 (; Philips; 40HFL5010T12; ; PHILIPSTV; CE-HTML/1.0 NETTV/4.4.1 SmartTvA/3.0.0 Firmware/004.002.036.135 (PhilipsTV, 3.1.1,)en) ) Presto/2.12.407 Version/12.50',
      'Linux',
      'Opera 12',
      'tv',
      'Philips 40HFL5010T12',
    ],
    [
      'Mozilla/5.0 (Linux; Android 9; BRAVIA 4K VH2 Build/PTT1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Safari/537.36 OPR/46.0.2207.0 OMI/4.21',
      'Android 9',
      'Opera 46',
      'tv',
      'Sony BRAVIA 4K VH2',
    ],
    [
      'Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7285) AppleWebKit/537.36 (KHTML, like Gecko) Silk/110.2 like Chrome/110.0 Safari/537.36',
      'Android 9',
      'Amazon Silk 110',
      'tv',
      'Amazon AFTMM',
    ],
    ['Roku/DVP-12.0 (12.0.0.4182-55)', '', '', 'tv', 'Roku DVP-12.0'],
    [
      'Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Safari/605.1.15',
      'PlayStation 5',
      'PlayStation Browser 16',
      'console',
      'Sony PlayStation 5',
    ],
    [
      'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/606.4 (KHTML, like Gecko) NF/6.0.1.15.4 NintendoBrowser/5.1.0.20393',
      'Nintendo',
      'Nintendo Browser',
      'console',
      'Nintendo Switch',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edge/44.18363.8131',
      'Xbox',
      'Edge 44',
      'console',
      'Microsoft Xbox',
    ],
    [
      'Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5',
      'KaiOS 2.5',
      'Firefox 48',
      'feature_phone',
      'Nokia 8110 4G',
    ],
    [
      'Mozilla/5.0 (Mobile; LYF/F300B/LYF-F300B-001-01-15-130718-i;Android; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5',
      'KaiOS 2.5',
      'Firefox 48',
      'feature_phone',
      '',
    ],
    ['Nokia6230/2.0 (04.44) Profile/MIDP-2.0 Configuration/CLDC-1.1', '', '', 'feature_phone', 'Nokia 6230'],
    [
      'NokiaC3-00/5.0 (08.63) Profile/MIDP-2.1 Configuration/CLDC-1.1 Mozilla/5.0 AppleWebKit/420+ (KHTML, like Gecko) Safari/420+',
      '',
      '',
      'feature_phone',
      'Nokia C3-00',
    ],
    [
      'Nokia5130c-2/2.0 (07.97) Profile/MIDP-2.1 Configuration/CLDC-1.1 UCWEB/2.0 (Java; U; MIDP-2.0; en-US; nokia5130c-2) U2/1.0.0 UCBrowser/8.7.0.218 U2/1.0.0 Mobile',
      '',
      'UC Browser 8.7',
      'feature_phone',
      'Nokia 5130c-2',
    ],
    [
      'SAMSUNG-GT-E2252/E2252XXLK1 NetFront/4.1 Profile/MIDP-2.0 Configuration/CLDC-1.1',
      '',
      'NetFront 4',
      'feature_phone',
      'Samsung GT-E2252',
    ],
    [
      'SonyEricssonK800i/R1KG Browser/NetFront/3.3 Profile/MIDP-2.0 Configuration/CLDC-1.1',
      '',
      'NetFront 3',
      'feature_phone',
      'Sony Ericsson K800i',
    ],
    [
      'Opera/9.80 (J2ME/MIDP; Opera Mini/4.5.40312/191.256; U; en) Presto/2.12.423 Version/12.16',
      '',
      'Opera Mini 4.5',
      'feature_phone',
      '',
    ],
    [
      'Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16',
      'Android',
      'Opera Mini 36.2',
      'smartphone',
      '',
    ],
    [
      'UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.2; en-US; SM-G7102) U2/1.0.0 UCBrowser/10.9.8.1006 U2/1.0.0 Mobile',
      '',
      'UC Browser 10.9',
      'feature_phone',
      'Samsung SM-G7102',
    ],
    [
      'Dalvik/2.1.0 (Linux; U; Android 13; SM-A536B Build/TP1A.220624.014)',
      'Android 13',
      '',
      'smartphone',
      'Samsung SM-A536B',
    ],
    [
      'Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+',
      'BlackBerry 10',
      'BlackBerry Browser 10',
      'smartphone',
      'BlackBerry Touch',
    ],
    [
      'Mozilla/5.0 (Linux; Android 11; moto g power) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0 Mobile Safari/537.36',
      'Android 11',
      'Chrome 100',
      'smartphone',
      'Motorola moto g power',
    ],
    [
      'Mozilla/5.0 (Linux; Android 7.0; SM-G930V) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/59.0.3071.125 Mobile Safari/537.36 SogouMSE,SogouMobileBrowser/5.28.6',
      'Android 7',
      'Sogou Mobile 5',
      'smartphone',
      'Samsung SM-G930V',
    ],
    [
      'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.221 Safari/537.36 SE 2.X MetaSr 1.0',
      'Windows 7',
      'Sogou Explorer 1',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0 HuaweiBrowser/12.0.3 Mobile Safari/537.36',
      'HarmonyOS',
      'Huawei Browser 12',
      'smartphone',
      'Huawei NOH-AN00',
    ],
    [
      'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile',
      'HarmonyOS 5',
      'Chrome 114',
      'smartphone',
      '',
    ],
    [
      'Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Tesla/2024.14.3',
      'Linux',
      'Tesla 2024',
      'car',
      'Tesla',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/35.0 Chrome/130.0.0.0 VR Safari/537.36',
      'Android 14',
      'Oculus Browser 35',
      'wearable',
      'Meta Quest 3',
    ],
    [
      'Mozilla/5.0 (Apple TV; U; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15',
      'tvOS 17',
      'Apple WebView',
      'tv',
      'Apple Apple TV',
    ],
    [
      'Mozilla/5.0 (Linux; Android 12.0; Chromecast Build/STTE) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/106.0.0.0 Safari/537.36 CrKey/1.56.500000',
      'Chromecast 12',
      'Chrome 106',
      'tv',
      'Google Chromecast',
    ],
    [
      'Mozilla/5.0 (X11; Linux armv7l; Kindle/3.0+) AppleWebKit/531.2+ (KHTML, like Gecko) Version/5.0 Safari/533.2+ Kindle/3.0+',
      'Linux',
      'Kindle 3',
      'tablet',
      'Amazon Kindle',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1 Ddg/26.0',
      'iOS 26',
      'DuckDuckGo 26',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 OPR/92.0.0.0',
      'Android',
      'Opera 92',
      'smartphone',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; GoogleTV 3.2; NSZ-GS7/GX70 Build/MASTER) AppleWebKit/534.24 (KHTML, like Gecko) Chrome/11.0.696.77 Safari/534.24',
      'Linux',
      'Chrome 11',
      'tv',
      '',
    ],
    [
      'Opera/9.80 (Linux mips; U; HbbTV/1.1.1 (; Philips; ; ; ; ) CE-HTML/1.0 NETTV/3.2.1; en) Presto/2.6.33 Version/10.70',
      'Linux',
      'Opera 10',
      'tv',
      'Philips',
    ],
    [
      'Mozilla/5.0 (DTV) AppleWebKit/531.2+ (KHTML, like Gecko) Espial/6.1.5 AQUOSBrowser/2.0 (US01DTV;V;0001;0001)',
      '',
      '',
      'tv',
      'Sharp AQUOS',
    ],
    ['Nokia3310/1.0', '', '', 'feature_phone', 'Nokia 3310'],
    ['Nokia6300/2.0 (06.60)', '', '', 'feature_phone', 'Nokia 6300'],
    ['SAMSUNG-SGH-E250/1.0', '', '', 'feature_phone', 'Samsung SGH-E250'],
    ['LG-GS290/V100 Teleca/WAP2.0 MIDP-2.1/CLDC-1.1', '', '', 'feature_phone', 'LG GS290'],
    ['MAUI WAP Browser', '', '', 'feature_phone', ''],
    [
      'BlackBerry8520/5.0.0.681 Profile/MIDP-2.1 Configuration/CLDC-1.1 VendorID/600',
      'BlackBerry 5',
      '',
      'smartphone',
      'BlackBerry 8520',
    ],
    [
      'JUC (Linux; U; 2.3.6; zh-cn; GT-S5360; 240*320) UCWEB7.9.3.103/139/999',
      'Linux',
      'UC Browser 7.9',
      'feature_phone',
      'Samsung GT-S5360',
    ],
    [
      'Mozilla/5.0 (Java; U; en-us; nokiac2-01) UCBrowser8.9.0.251/69/355/UCWEB Mobile',
      '',
      'UC Browser 8.9',
      'feature_phone',
      'Nokia c2-01',
    ],
    [
      'SonyEricssonW580i/R6BC Browser/NetFront/3.3 Profile/MIDP-2.0 Configuration/CLDC-1.1',
      '',
      'NetFront 3',
      'feature_phone',
      'Sony Ericsson W580i',
    ],
    [
      'Opera/9.80 (MAUI Runtime; Opera Mini/4.4.39001/191.308; U; en) Presto/2.12.423 Version/12.16',
      '',
      'Opera Mini 4.4',
      'feature_phone',
      '',
    ],
    ['LG-A390/V1.0 MAUI Browser Java/Jbed/7.0 Profile/MIDP-2.1', '', '', 'feature_phone', ''],
    [
      'Mozilla/5.0 (SMART-TV; X11; Linux armv7l) AppleWebKit/537.42 (KHTML, like Gecko) Safari/537.42',
      'Linux',
      '',
      'tv',
      '',
    ],
    [
      'Mozilla/5.0 (Linux; U; Android 9; en-US; Redmi 7) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0 UCBrowser/13.4.0.1306 Mobile Safari/537.36',
      'Android 9',
      'UC Browser 13.4',
      'smartphone',
      'Xiaomi Redmi 7',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Snapchat/12.40.0.34 (like Safari/8615.2.9, panda)',
      'iOS 16.5',
      'Snapchat 12',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 13; SM-A136U Build/TP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 [Pinterest/Android]',
      'Android 13',
      'Android WebView 120',
      'smartphone',
      'Samsung SM-A136U',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.29.1',
      'iOS 17.1',
      'LinkedIn',
      'smartphone',
      'Apple iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; Infinix X650C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Mobile Safari/537.36 PHX/9.2',
      'Android 10',
      'Chrome 96',
      'smartphone',
      'Infinix X650C',
    ],
    [
      'Mozilla/5.0 (Linux; Android 7.0; CUBOT_NOTE_S) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0 Mobile Safari/537.36',
      'Android 7',
      'Chrome 80',
      'smartphone',
      'CUBOT NOTE_S',
    ],
    [
      'Mozilla/5.0 (Linux; Android 12; CPH2269) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/115.0 Mobile Safari/537.36 Instagram 300.0.0.29.110 Android (31/12; 320dpi; 720x1472; OPPO; CPH2269; OP533FL1; mt6765; en_GB; 515984008)',
      'Android 12',
      'Instagram 300',
      'smartphone',
      'OPPO CPH2269',
    ],
    [
      'Mozilla/5.0 (PlayStation 4 11.00) AppleWebKit/605.1.15 (KHTML, like Gecko)',
      'PlayStation 4',
      'PlayStation Browser',
      'console',
      'Sony PlayStation 4',
    ],
    [
      'Mozilla/5.0 (Nintendo WiiU) AppleWebKit/536.30 (KHTML, like Gecko) NX/3.0.4.2.12 NintendoBrowser/4.3.1.11264.US',
      'Nintendo',
      'Nintendo Browser',
      'console',
      'Nintendo WiiU',
    ],
    ['Mozilla/5.0 (Nintendo 3DS; U; ; en) Version/1.7498.US', 'Nintendo', '', 'console', 'Nintendo 3DS'],
    [
      'Mozilla/5.0 (Linux; Android 11; SHIELD Android TV Build/RQ1A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Safari/537.36',
      'Android 11',
      'Chrome 96',
      'tv',
      'Nvidia SHIELD Android TV',
    ],
    [
      'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)',
      'Windows Vista',
      'Internet Explorer 8',
      'desktop',
      '',
    ],
    ['Mozilla/5.0 (compatible; Konqueror/5.0; Linux) KHTML', 'Linux', 'Konqueror 5', 'desktop', ''],
    [
      'Mozilla/5.0 (X11; Fedora; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0',
      'Fedora',
      'Firefox 118',
      'desktop',
      '',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.2 Safari/605.1.15',
      'macOS 10.15',
      'Safari 13.1',
      'desktop',
      'Apple',
    ],
  ])('%s', (agent, os, browser, type, make) => {
    const device = parse(agent)
    expect({
      os: joined(device.os.name, device.os.version),
      browser: joined(device.browser.name, device.browser.version),
      type: device.device.type,
      make: joined(device.device.brand, device.device.model),
      bot: device.bot,
    }).toEqual({ os, browser, type, make, bot: false })
  })
})

describe('a program is known', () => {
  test.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.7390.122 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)',
    'CCBot/2.0 (https://commoncrawl.org/faq/)',
    'curl/8.5.0',
    'Wget/1.21.4',
    'python-requests/2.32.3',
    'Python/3.12 aiohttp/3.9.5',
    'Go-http-client/2.0',
    'okhttp/4.12.0',
    'Java/17.0.2',
    'axios/1.7.2',
    'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
    'PostmanRuntime/7.39.0',
    'Scrapy/2.11.2 (+https://scrapy.org)',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/143.0.0.0 Safari/537.36',
    'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
    'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)',
    'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)',
    'SAMSUNG-SGH-E250/1.0 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/6.2.3.3.c.1.101 (GUI) MMP/2.0 (compatible; Googlebot-Mobile/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Mobile Safari/537.36 Chrome-Lighthouse',
    'Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)',
    'WhatsApp/2.23.20.0',
    'TelegramBot (like TwitterBot)',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
    'DoCoMo/2.0 N905i(c100;TB;W24H16) (compatible; Googlebot-Mobile/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0',
  ])('%s', (agent) => {
    expect(parse(agent).bot).toBe(true)
  })

  test('by the brand in its hints', () => {
    const hints = { 'sec-ch-ua': '"HeadlessChrome";v="143", "Chromium";v="143", "Not A(Brand";v="24"' }
    expect(parse(windows, hints).bot).toBe(true)
  })
})

const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const mac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const linux =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36'
const phone =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36'

describe('client hints tell what agents no longer do', () => {
  test.each([
    ['Windows 11', windows, { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': '"13.0.0"' }],
    ['Windows 11', windows, { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': '"19.0.0"' }],
    ['Windows 10', windows, { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': '"10.0.0"' }],
    ['Windows 8.1', windows, { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': '"0.3.0"' }],
    ['Windows 10', windows, { 'sec-ch-ua-platform': '"Windows"' }],
    ['macOS 26.1', mac, { 'sec-ch-ua-platform': '"macOS"', 'sec-ch-ua-platform-version': '"26.1.0"' }],
    ['macOS', mac, { 'sec-ch-ua-platform': '"macOS"' }],
    ['Android 16', phone, { 'sec-ch-ua-platform': '"Android"', 'sec-ch-ua-platform-version': '"16.0.0"' }],
    ['Linux', linux, { 'sec-ch-ua-platform': '"Linux"', 'sec-ch-ua-platform-version': '"6.8.0"' }],
    [
      'Chrome OS',
      linux,
      { 'sec-ch-ua-platform': '"Chrome OS"', 'sec-ch-ua-platform-version': '"16433.0.0"' },
    ],
  ])('%s', (os, agent, hints) => {
    const found = parse(agent, hints).os
    expect(joined(found.name, found.version)).toBe(os)
  })

  test.each([
    ['Chrome 143', '"Chromium";v="143", "Google Chrome";v="143", "Not A(Brand";v="24"'],
    ['Brave 143', '"Brave";v="143", "Chromium";v="143", "Not A(Brand";v="24"'],
    ['Brave 143', '"Chromium";v="143", "Not/A)Brand";v="8", "Brave";v="143"'],
    ['Edge 143', '"Microsoft Edge";v="143", "Chromium";v="143", "Not;A=Brand";v="99"'],
    ['Chromium 143', '"Chromium";v="143", "Not A(Brand";v="24"'],
  ])('%s', (browser, brands) => {
    const found = parse(windows, { 'sec-ch-ua': brands }).browser
    expect(joined(found.name, found.version)).toBe(browser)
  })

  test('the model', () => {
    const hints = {
      'sec-ch-ua-mobile': '?1',
      'sec-ch-ua-model': '"Pixel 9 Pro"',
      'sec-ch-ua-platform': '"Android"',
    }
    expect(parse(phone, hints).device).toEqual({ type: 'smartphone', brand: 'Google', model: 'Pixel 9 Pro' })
  })
})

test('systems are put together by family', () => {
  const families = [
    ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 'Linux'],
    [
      'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
      'iOS',
    ],
    ['Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) Edge/15.15063', 'Windows'],
  ] as const
  for (const [agent, family] of families) expect(parse(agent).os.family).toBe(family)
})

function joined(name: string, version: string): string {
  return `${name} ${version}`.trim()
}
