import type { Words } from './words.js'

export const ZH_TW: Words = {
  language: 'zh-TW',
  name: '繁體中文',
  title: 'OBB API 第 1 版',
  adminTitle: 'OBB 管理 API 第 1 版',
  lead: '送出檔案分享站點的連結，等伺服器取得檔案，再從這裡下載：快速、可分段，也能續傳。撰寫用戶端所需的一切都在本頁。',
  adminLead:
    '管理員讀取與變更的項目，與 `./obb` 相同。每個請求都要帶管理員的權杖：`Authorization: Bearer …`。會變更內容的請求都記在稽核紀錄裡。',
  toContent: '跳到內容',
  contents: '目錄',
  toTop: '回到頁首',
  untranslated: '欄位的說明目前只有英文；英文版的內容相同。',
  start: {
    title: '開始之前',
    address: '本 API 的位址',
    downloads: '檔案下載自',
    openapi: '給程式讀取的版本：OpenAPI 3.0',
    tryIt: '可以直接試的表單（需先登入入口網站）',
    keyTitle: '您的金鑰',
    key: [
      '每次呼叫都要帶金鑰，放在以下兩個標頭之一：`Authorization: Bearer obb_…` 或 `X-Api-Key: obb_…`。',
      '金鑰固定為 36 個字元，以 `obb_` 開頭，由伺服器的管理員建立，只會顯示一次。更換之後，舊金鑰從下一個請求起就失效。',
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
        meaning: '等候中：等輪到它、等帳號空出來，或等站點恢復。',
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
    groups: {
      links: '連結',
      inquiries: '送出之前',
      account: '帳號與站點',
      device: '沒有瀏覽器的用戶端如何取得金鑰',
    },
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
      '請以 `status` 判斷；`msg` 與 `action` 是給人看的，同一原因的文字固定不變：預設為英文，`Accept-Language` 要求中文時為中文。值得重試時會有 `retry_in_seconds`，`Retry-After` 的數字相同。',
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
        text: '每個失敗都有 `action` 說明該怎麼做。`GET /events` 即時告知變動，`GET /links` 列出您的連結，`GET /usage` 與 `GET /ledger` 說明流量用在哪裡；`POST /unrestrict/batch` 一次最多 500 個。`DELETE /link/{linkId}` 也能結束已完成的連結。109 與 110 改為 HTTP 403。站點暫時無法使用時，連結會以 `pending` 等候。NZB 可用 bzip2 與 ZIP 壓縮；`missing_bytes` 告知遺失的部分。任何來源都可呼叫（CORS）。金鑰可設定權限範圍、網路與期限。`package` 為一組連結命名；`POST /links/{linkId}/shares` 把連結分享給別人。',
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
    External_deviceCode: '沒有瀏覽器的用戶端開始申請金鑰',
    External_deviceToken: '使用者同意之後，取得金鑰',
    External_account: '此帳號的流量、限制與到期時間',
    External_usage: '您用了多少流量，依日期（UTC）與平台',
    External_ledger: '流量的每一筆異動，由新到舊',
    External_events: '連結與流量的變動，以伺服器推送事件（SSE）送出',
    External_hostHistory: '各平台的取得結果與速度，依小時或日期',
    External_hostRows: '支援的站點，每個主機名稱一列',
    External_hostGroups: '支援的站點，每個平台一列',
    External_create: '要求取得一個連結的檔案；回應通往我們副本的連結',
    External_createBatch: '一次要求多個連結，或一段文字中的所有連結；每個各自回應',
    External_links: '您的連結，由新到舊，包含已結束的',
    External_link: '一個連結目前的狀態',
    Share_add: '讓別人不需金鑰就能下載一個連結的檔案，限定期限與次數',
    Share_list: '一個連結的分享，由新到舊',
    Share_remove: '收回一個分享',
    External_cancel: '結束一個連結；檔案尚未完整時，扣除的流量會退還',
    Inquiry_explain: '要求這個連結會遇到什麼，逐關說明；不詢問站點',
    Inquiry_check: '檔案是否還在、取得連結要多少流量；不扣流量',
    Inquiry_expand: '資料夾中的連結，或檔案本身；不扣流量',
    Nzb_upload: '要求取得 NZB 的檔案；回應通往我們副本的連結',
  },
}
