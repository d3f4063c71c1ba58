import type { Words } from './words.js'

export const ZH_TW: Words = {
  language: 'zh-TW',
  name: '繁體中文',
  title: 'OBB API 第 1 版',
  adminTitle: 'OBB 管理 API 第 1 版',
  lead: '送出檔案空間的連結，等伺服器取得檔案，再從這裡下載：快速、可分段，也能續傳。撰寫用戶端所需的一切都在本頁。',
  adminLead:
    '管理者讀取與變更的項目，與 `./obb` 相同。每個請求都要帶管理者的權杖：`Authorization: Bearer …`。會變更內容的請求都記在稽核紀錄裡。',
  toContent: '跳到內容',
  contents: '目錄',
  toTop: '回到頁首',
  untranslated: '欄位的說明目前只有英文；英文版的內容相同。',
  start: {
    title: '開始之前',
    address: '本 API 的位址',
    downloads: '檔案下載自',
    openapi: '給程式讀取的版本：OpenAPI 3.0',
    keyTitle: '您的金鑰',
    key: [
      '每次呼叫都要帶金鑰，放在以下兩個標頭之一：`Authorization: Bearer obb_…` 或 `X-Api-Key: obb_…`。',
      '金鑰固定為 36 個字元，以 `obb_` 開頭，由伺服器的管理者建立，只會顯示一次。更換之後，舊金鑰從下一個請求起就失效。',
      '建立金鑰時可以加上限制：只能查看（`read`）、可要求與結束連結（`submit`）、可得知下載位址（`download`），也可限定網路與期限。',
      '下載不需要金鑰：下載位址本身就是許可，請當成機密保管。',
    ],
    envelopeTitle: '每個回應',
    envelope: [
      '請求與回應都是 UTF-8 的 JSON。成功時，結果在 `data` 裡；失敗時會有一個意義永遠不變的編號，並說明該怎麼做。',
      '除非名稱另有說明，大小以位元組計、時間以秒計；數字在 2^53 以內都是精確的。遇到不認得的欄位請略過：回應可能增加欄位，但在這一版裡不會改名或移除。',
      '瀏覽器中的網頁可以從任何來源呼叫（CORS），不帶 Cookie。',
    ],
  },
  flow: {
    title: '從連結到檔案',
    lead: '共五個步驟，多數用戶端只需要前三個。`OBB_KEY` 是您的金鑰。',
    steps: [
      {
        title: '送出連結',
        text: '幾秒內就會得到 `linkId`，並依檔案大小扣除流量。再送一次相同的連結會得到同一個結果（`reusedExisting`），不會重複扣除，因此可以放心重試。',
      },
      {
        title: '輪詢直到就緒',
        text: '過了 `poll_after_seconds` 再查詢，不要提早。`download_ready` 為 true，或 `remote_status` 為 `error` 時就停止；後者扣除的流量會自動退還。',
      },
      {
        title: '下載',
        text: '直接使用 `link`，不需要金鑰，同時最多 `maxchunks` 條連線。`hashes` 是整個檔案的雜湊值。',
      },
      {
        title: '續傳',
        text: '暫停或重新啟動之後，即使過了幾天，仍可使用同一個 `link`：它背後的內容不會改變。若回應 404 或 410，請再送出原本的連結；連結仍有效時不扣流量。',
      },
      {
        title: '不想要了就結束',
        text: '檔案尚未完整取得之前結束連結，流量會退還。連結到了 `expires_at` 會自行結束。',
      },
    ],
  },
  download: {
    title: '下載支援的功能',
    notes: [
      '`GET` 與 `HEAD`，並依 RFC 9110 支援 `Range`（可一次多段）、`If-Range`、`If-None-Match`、`If-Modified-Since`。`ETag` 為強驗證，`Content-Length` 精確，傳輸途中不壓縮。',
      '每個連結同時服務 `maxchunks` 再加兩條連線；更多的連線會等候，等太久則回應 503 與 `Retry-After`。',
      '雜湊值放在標頭，供會驗證的用戶端使用：`Digest`、`Repr-Digest`、`X-Goog-Hash`，以及伺服器有計算 MD5 時的 `Content-MD5`。',
      '在同一位址後面加上 `.meta4` 即為 Metalink：含名稱、大小、雜湊值，以及各區塊的雜湊值，aria2 可用來修復檔案。',
      '網址後加上 `?inline=1`，瀏覽器會直接顯示影片、音樂、圖片與 PDF，而不是存檔；HTML 與 SVG 除外。',
      '失敗時回應相同格式的 JSON：檔案尚未就緒為 425，連結已結束為 410，從未存在為 404。',
    ],
  },
  states: {
    title: '連結的狀態',
    lead: '`remote_status` 有前四種；`GET /links` 的 `state` 會另外標出並非因失敗而結束的連結。',
    meanings: {
      pending: {
        meaning: '等候中：等輪到它、等帳號空出來，或等檔案空間恢復。',
        action: '繼續輪詢；間隔會自行拉長。',
      },
      downloading: {
        meaning: '伺服器正在取得檔案；`progress`、`speed_bps`、`eta_seconds` 會告知進度。',
        action: '繼續輪詢。',
      },
      done: { meaning: '檔案已完整存放在這裡，由 `link` 取得。', action: '下載檔案，停止輪詢。' },
      error: {
        meaning: '已確定失敗或已結束，原因在 `error`；若檔案不完整，扣除的流量已退還。',
        action: '停止輪詢，依 `error.action` 處理。重新送出就會再試一次。',
      },
      ended: {
        meaning: '已到期，或已取消、移除。只出現在清單裡。',
        action: '若仍需要檔案，請再送出原本的連結。',
      },
    },
  },
  calls: {
    groups: { links: '連結', inquiries: '送出之前', account: '帳號與檔案空間' },
    parameters: '參數',
    body: '請求內容',
    binary: '請求內容就是檔案本身，或包含檔案的表單：',
    answer: '回應的 `data`',
    same: (what) => `與 ${what} 相同。`,
    sameAnd: (what) => `與 ${what} 相同，另有：`,
    exampleRequest: '請求',
    exampleAnswer: '回應',
    failures: '可能的失敗',
    everyCall: '所有呼叫都可能：',
    required: '必填',
    optional: '選填',
    nullable: '或 null',
    defaultValue: '預設',
    anyName: '任意名稱',
  },
  types: {
    integer: '整數',
    number: '數字',
    string: '文字',
    boolean: 'true 或 false',
    object: '物件',
    array: '清單',
    any: '任意值',
    binary: '檔案',
    characters: (range) => `${range} 個字元`,
    entries: (range) => `${range} 項`,
    formats: { 'date-time': '時間（ISO 8601）', email: '電子郵件', uri: 'URL', uuid: 'UUID' },
  },
  failures: {
    title: '失敗',
    lead: [
      '請以 `status` 判斷；`msg` 與 `action` 是給人看的，同一原因的文字固定不變。值得重試時會有 `retry_in_seconds`，`Retry-After` 的數字相同。',
      '金鑰可以設為「錯誤以 HTTP 200 回應」：除了 401、403、404 以外，失敗都以 HTTP 200 送出，內容相同。這是為 JDownloader 設計的。',
    ],
    http: 'HTTP',
    action: '該怎麼做',
  },
  clients: {
    title: '各用戶端的注意事項',
    lead: '`{link}` 是回應中的 `link`。',
    list: [
      {
        id: 'jdownloader',
        name: 'JDownloader',
        notes: [
          '在新增本服務帳號的地方貼上金鑰；它只接受剛好 36 個字元的金鑰。',
          '只有 HTTP 200、401、403、404 時，它才會讀取失敗原因。請將金鑰設為「錯誤以 HTTP 200 回應」，否則它會默默等 10 分鐘（帳號則是一小時）。',
          '遇到 52、55、56，它會讓整個帳號暫停 `retry_in_seconds` 秒；遇到 109、110，它會詢問密碼。',
          '每個連結最多輪詢 60 次；`poll_after_seconds` 的安排足以應付。',
          '它會自行依標頭驗證雜湊值。',
        ],
      },
      {
        id: 'pyload',
        name: 'pyLoad',
        notes: [
          '把 `{link}` 當成一般下載加入即可；它會分段續傳，連線數依您的設定。',
          '它會把 429 回應的內容當成檔案存下來；這裡的下載從不回應 429。',
        ],
      },
      {
        id: 'aria2',
        name: 'aria2',
        notes: [
          '`-x` 與 `-s` 最多為 `maxchunks`；`-c` 可續傳。它會依 `Digest` 標頭驗證 SHA-256。',
          '使用 Metalink 時逐區塊驗證，只重新取得損壞的部分。',
        ],
        code: "aria2c -c -x16 -s16 '{link}'\naria2c -V '{link}.meta4'",
      },
      {
        id: 'curl',
        name: 'curl',
        notes: [
          '`-C -` 可續傳，`-f` 會把失敗變成結束代碼。若金鑰設為「錯誤以 HTTP 200 回應」，就不要靠 `-f` 判斷，請改看 `success`。',
        ],
        code: "curl -f -C - -o holiday.mkv '{link}'",
      },
      {
        id: 'rclone',
        name: 'rclone',
        notes: ['`copyurl` 可直接把檔案放進它支援的任何儲存空間，不必先存到您的磁碟。'],
        code: "rclone copyurl --auto-filename '{link}' remote:downloads",
      },
    ],
  },
  changes: {
    title: '變更紀錄',
    list: [
      {
        date: '2026-11-29',
        text: '每個失敗都有 `action` 說明該怎麼做。`GET /events` 即時告知變動，`GET /links` 列出您的連結，`GET /usage` 與 `GET /ledger` 說明流量用在哪裡；`POST /unrestrict/batch` 一次最多 500 個。`DELETE /link/{linkId}` 也能結束已完成的連結。109 與 110 改為 HTTP 403。檔案空間暫時無法使用時，連結會以 `pending` 等候。NZB 可用 bzip2 與 ZIP 壓縮；`missing_bytes` 告知遺失的部分。任何來源都可呼叫（CORS）。金鑰可設定權限範圍、網路與期限。`package` 為一組連結命名；`POST /links/{linkId}/shares` 把連結分享給別人。',
      },
      {
        date: '2026-11-24',
        text: '`POST /expand` 列出資料夾，`POST /nzb` 接受上傳。下載提供 Metalink，標頭含雜湊值。',
      },
      {
        date: '2026-11-23',
        text: '第 1 版：`/account`、`/hosts`、`/hosts/grouped`、`/unrestrict`、`/link/{linkId}`、`/explain`、`/check`。',
      },
    ],
  },
  summaries: {
    External_account: '此帳號的流量、限制與到期時間',
    External_usage: '您用了多少流量，依日期（UTC）與平台',
    External_ledger: '流量的每一筆異動，由新到舊',
    External_events: '連結與流量的變動，以伺服器推送事件（SSE）送出',
    External_hostHistory: '各平台的取得結果與速度，依小時或日期',
    External_hostRows: '支援的檔案空間，每個主機名稱一列',
    External_hostGroups: '支援的檔案空間，每個平台一列',
    External_create: '要求取得一個連結的檔案；回應通往我們副本的連結',
    External_createBatch: '一次要求多個連結，或一段文字中的所有連結；每個各自回應',
    External_links: '您的連結，由新到舊，包含已結束的',
    External_link: '一個連結目前的狀態',
    Share_add: '讓別人不需金鑰就能下載一個連結的檔案，限定期限與次數',
    Share_list: '一個連結的分享，由新到舊',
    Share_remove: '收回一個分享',
    External_cancel: '結束一個連結；檔案尚未完整時，扣除的流量會退還',
    Inquiry_explain: '要求這個連結會遇到什麼，逐關說明；不詢問檔案空間',
    Inquiry_check: '檔案是否還在、取得連結要多少流量；不扣流量',
    Inquiry_expand: '資料夾中的連結，或檔案本身；不扣流量',
    Nzb_upload: '要求取得 NZB 的檔案；回應通往我們副本的連結',
  },
  refusals: {
    key_invalid: {
      when: '沒有金鑰，或金鑰無效。',
      action: '送出有效的金鑰：36 個字元，以 obb_ 開頭。更換之後舊的就不能用了，請勿再用它查詢。',
    },
    key_expired: { when: '金鑰已過期。', action: '另外建立一把金鑰，或在建立金鑰之處延長期限。' },
    key_scope_missing: {
      when: '查看需要權限 `read`，要求與結束連結需要 `submit`。',
      action: '改用其他金鑰，或在建立金鑰之處加上權限。',
    },
    key_network_refused: {
      when: '這把金鑰不能從這個網路使用。',
      action: '從允許的網路呼叫，或在建立金鑰之處加入這個網路。',
    },
    account_suspended: { when: '帳號已停用；先前的下載連結也一樣。', action: '停止，並詢問伺服器的管理者。' },
    account_expired: {
      when: '帳號已到期；先前的下載連結也一樣。',
      action: '停止，並請管理者延長期限。',
    },
    traffic_insufficient: {
      when: '檔案比剩餘流量（`trafficleft`）大。',
      action: '請管理者增加流量、改取較小的檔案，或結束檔案尚未完整的連結以退還流量。',
    },
    host_usage_exceeded: {
      when: '加上這個檔案，過去 24 小時在這個檔案空間的用量會超過上限。',
      action: '等候 `retry_in_seconds` 秒，讓部分用量移出 24 小時；其他檔案空間不受影響。',
    },
    slots_full: {
      when: '您在這個檔案空間取得中與等候中的檔案已達上限。',
      action: '過了 `retry_in_seconds` 秒、有檔案完成之後再試。',
    },
    solo_slot_full: {
      when: '您的帳號或這個檔案空間一次只取得一個檔案。',
      action: '過了 `retry_in_seconds` 秒、檔案完成之後再試。',
    },
    url_unsupported: {
      when: '沒有任何已啟用的平台接受這個連結。',
      action: '檢查連結；`GET /hosts` 列出可接受的主機名稱。不要原樣重送。',
    },
    folder_given: {
      when: '這個連結是資料夾。',
      action: '送到 `POST /expand`，再逐一送出其中的連結；或以 `expand` 送到 `POST /unrestrict/batch`。',
    },
    folder_unlisted: {
      when: '這個檔案空間的資料夾無法在這裡列出。',
      action: '用瀏覽器打開資料夾，送出其中檔案的連結。',
    },
    several_links: {
      when: '文字裡有多個連結。',
      action: '每個請求送一個連結，或全部送到 `POST /unrestrict/batch`。',
    },
    size_unknown: {
      when: '檔案空間沒有告知檔案大小。',
      action: '不要重送：這個檔案空間依大小扣流量，而大小無人知道。',
    },
    folder_too_large: {
      when: '以 `expand` 整批送出時，資料夾裡的檔案超過 500 個。',
      action: '用 `POST /expand` 列出，再分幾個請求送出。',
    },
    file_blocked: {
      when: '管理者封鎖了檔案，或檔案空間已將其下架。',
      action: '不要重送。若認為有誤，請詢問管理者。',
    },
    file_restricted: {
      when: '檔案為私人所有，或需另外付費。',
      action: '不要重送：改用其他副本，或向擁有者要求存取權。',
    },
    file_gone: { when: '檔案空間表示檔案不存在。', action: '改用其他連結；只有檔案恢復時重試才有用。' },
    folder_empty: { when: '資料夾是空的。', action: '檢查連結：裡面沒有可取得的檔案。' },
    link_unknown: {
      when: '這個 id 從未發出，或屬於其他帳號。',
      action: '再把原本的連結送到 `POST /unrestrict`；並確認金鑰屬於同一個帳號。',
    },
    link_ended: {
      when: '連結已到期、取消、封鎖或移除。',
      action: '再把原本的連結送到 `POST /unrestrict`。',
    },
    share_ended: { when: '分享的期限已到，或下載次數已用完。', action: '請分享的人再給一個。' },
    host_unavailable: {
      when: '檔案空間無法連線、太慢，或要我們晚點再來。',
      action: '過了 `retry_in_seconds` 秒再試；會自行恢復。',
    },
    no_fetcher: {
      when: '負責取得檔案的程序都沒有在執行。',
      action: '過了 `retry_in_seconds` 秒再試。若持續發生，請告訴管理者：沒有 fetcher 在執行。',
    },
    store_full: {
      when: '磁碟放不下這個檔案。',
      action: '過了 `retry_in_seconds` 秒再試。若持續發生，請告訴管理者：磁碟已滿。',
    },
    store_unavailable: {
      when: '伺服器的儲存空間暫時無法使用。',
      action: '過了 `retry_in_seconds` 秒再試。若持續發生，請告訴管理者：儲存空間無法使用。',
    },
    service_unavailable: {
      when: '資料庫或佇列無法使用，或檔案空間沒有及時回覆。',
      action: '過了 `retry_in_seconds` 秒，以相同的請求再試；不會重複扣流量。',
    },
    not_ready: {
      when: '檔案尚未完整就要求下載。',
      action: '輪詢 `GET /link/{linkId}`，直到 `download_ready` 為 true 再開始。',
    },
    not_ready_whole: {
      when: '檔案尚未完整就要求下載，而這台伺服器只提供完整的檔案。',
      action: '輪詢 `GET /link/{linkId}`，直到 `download_ready` 為 true 再開始。',
    },
    upstream_error: {
      when: '檔案空間的回應既不是檔案，也不是已知的拒絕。',
      action: '過了 `retry_in_seconds` 秒再試；多次仍失敗就改用其他連結，或告訴管理者。',
    },
    pool_exhausted: {
      when: '管理者在這個檔案空間的帳號都在休息、用完額度或遭拒。',
      action: '過了 `retry_in_seconds` 秒再試：帳號會恢復，額度會回來。',
    },
    pool_empty: {
      when: '管理者在這個檔案空間沒有帳號。',
      action: '告訴管理者需要加入帳號；在那之前請改用其他檔案空間的連結。',
    },
    password_required: { when: '檔案需要密碼。', action: '詢問使用者檔案的密碼，以 `password` 送出。' },
    password_wrong: { when: '檔案的密碼錯誤。', action: '再次詢問使用者密碼。' },
    request_invalid: {
      when: '缺少欄位、型別或範圍不對，或內容不是 JSON。',
      action: '修改請求：`details` 說明錯在哪裡。不要原樣重送。',
    },
    route_unknown: { when: '沒有這個路徑。', action: '檢查位址：文件在 `/docs`。' },
    resource_unknown: { when: '沒有這項資源。', action: '先列出現有項目，再取其中的 id。' },
    method_not_allowed: { when: '這裡不接受這個方法。', action: '使用 `Allow` 標頭列出的方法。' },
    conflict: { when: '已經存在。', action: '查看現有的項目；`details` 說明是哪一個。' },
    account_refused: { when: '檔案空間拒絕這個帳號。', action: '檢查帳號資料；`details` 是檔案空間的說法。' },
    body_too_large: { when: '請求內容太大。', action: '一次少送一些：較少的連結，或較小的檔案。' },
    media_type_unsupported: {
      when: '請求內容不是 JSON。',
      action: '送出 JSON，並帶 `Content-Type: application/json`。',
    },
    nzb_expected: {
      when: '請求內容不是 NZB。',
      action: '以 `application/x-nzb`，或表單中的檔案送出 NZB。',
    },
    range_unsatisfiable: {
      when: '要求的範圍超出檔案。',
      action: '在 `Content-Range` 告知的大小之內要求；已完整的檔案不必再要求。',
    },
    streams_full: {
      when: '此帳號同時開啟的事件串流已達上限。',
      action: '關閉其中一個，或等候 `retry_in_seconds` 秒再開啟。',
    },
    rate_limited: {
      when: '金鑰或網路的請求次數超過限制。',
      action: '等候 `retry_in_seconds` 秒；`RateLimit-Remaining` 告知還剩幾次。',
    },
    internal: {
      when: '伺服器本身的錯誤。',
      action: '一分鐘後再試。若持續發生，請把回應的 `X-Request-Id` 告訴管理者。',
    },
  },
}
