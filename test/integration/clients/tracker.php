<?php
// Reports with PHP's own HTTP client, in the shapes that Matomo's PHP tracker gives its requests: parameters in the
// address and the token alone in the body, lists in JSON. Arguments: address of the API, number of the site, token.

[, $api, $site, $token] = $argv;

function send(string $url, ?string $body = null, string $type = 'application/x-www-form-urlencoded'): void
{
    $headers = ['Accept-Language: de-AT,de;q=0.8'];
    if ($body !== null) {
        $headers[] = "Content-Type: $type";
    }
    $context = stream_context_create(['http' => [
        'method' => $body === null ? 'GET' : 'POST',
        'header' => $headers,
        'user_agent' => 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        'content' => $body ?? '',
        'timeout' => 5,
        'ignore_errors' => true,
    ]]);
    $answer = file_get_contents($url, false, $context);
    echo json_encode([
        'status' => (int) explode(' ', $http_response_header[0])[1],
        'json' => json_decode($answer, true),
    ]), "\n";
}

function query(array $parameters): string
{
    global $site;
    return '?' . http_build_query($parameters + [
        'idsite' => $site,
        'rec' => 1,
        'apiv' => 1,
        'r' => substr(strval(mt_rand()), 2, 6),
        '_idts' => time(),
        '_idvc' => 0,
        '_id' => '0123456789abcdef',
        'url' => 'https://shop.example/über?a[]=1&a[]=2',
        'urlref' => 'https://blog.example/',
        'pv_id' => 'Aa1Bb2',
    ]);
}

$visitor = ['cip' => '91.12.34.56', 'h' => 11, 'm' => 5, 's' => 0, 'res' => '1920x1080', 'cookie' => 1];

// A page view whose visitor has an address of its own: the token comes in the body.
send($api . query(['action_name' => 'Überblick', 'send_image' => 0] + $visitor), "token_auth=$token");

// An event without a token.
send($api . query(['e_c' => 'Cart', 'e_a' => 'open', 'e_v' => 2.5, 'ca' => 1]));

// An order.
$items = json_encode([['H1', 'Hat', ['Hats', 'Red'], 12.5, 2]]);
$order = ['idgoal' => 0, 'ec_id' => 'A-17', 'revenue' => 25, 'ec_st' => 21, 'ec_tx' => 4, 'ec_sh' => 0, 'ec_items' => $items];
send($api . query($order + $visitor), "token_auth=$token");

// A list: each entry with its browser and language.
$of = '&ua=' . urlencode('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0') . '&lang=' . urlencode('de-AT');
send($api, json_encode([
    'requests' => [
        query(['action_name' => 'One'] + $visitor) . $of,
        query(['action_name' => 'Two', 'country' => 'at', 'city' => 'Wien'] + $visitor) . $of,
        query(['idsite' => 99]) . $of,
    ],
    'token_auth' => $token,
]), 'application/json');

// Without the token it has no right to say where the visitor is.
send($api . query($visitor));
