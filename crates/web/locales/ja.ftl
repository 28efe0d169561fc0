### 日本語

language-name = 日本語
language-en = 英語
language-ja = 日本語
language-fr = フランス語
language-de = ドイツ語
language-et = エストニア語
language-ko = 韓国語
language-uk = ウクライナ語

## ページの枠
skip-to-content = 本文へ移動
nav-main = 主なページ
nav-all = すべてのページ
nav-home = ホーム
nav-search = 検索
nav-import = 取り込み
nav-collections = コレクション
nav-members = メンバー
nav-peers = 連携先
nav-quarantine = 隔離
nav-more = その他
nav-help = キー操作と用語
search-label = 検索
search-placeholder = 語句・アドレス・ハッシュ値・ID
language-label = 言語
theme-label = 明るさ
theme-system = システムに合わせる
theme-light = ライト
theme-dark = ダーク
zone-label = タイムゾーン
zone-set = 設定
sign-out = サインアウト
close = 閉じる
copy = コピー
copied = コピーしました
none = なし
yes = はい
no = いいえ
number = { $count }
bytes = { $count } バイト
pages = ページ
pages-first = 最初のページ
pages-next = 次のページ
why = これが見える理由

## キー操作
help-title = キー操作と用語
help-words = 用語
key-search = 検索
key-list = 一覧の次・前へ
key-open = 開く
key-help = この一覧を表示
word-label = ラベル
word-label-what = 誰が読めるか、どう扱うかを示します（ポリシーと区分、開示範囲、TLP、PAP、取扱い）。ラベルは常に情報と一緒に移動します。
word-audience = 開示範囲
word-audience-what = ラベルが名指しする国・コミュニティ・メンバーです。ラベルのすべての要件を満たす人だけが読めます。
word-version = 版
word-version-what = オブジェクトのある時点の状態です。版は追加されるだけで、書き換えられません。
word-claim = 主張
word-claim-what = ある提供元が示した版です。同じオブジェクトについて複数の提供元の主張が異なる場合は、その旨を表示します。
word-quarantine = 隔離
word-quarantine-what = 受け入れられなかった入力を、理由とともに元のまま保管する場所です。

## サインイン
sign-in = サインイン
sign-in-title = サインイン
sign-in-what = Kizunaは、サイバー脅威インテリジェンスを交換するためのシステムです。所属メンバーに開示された情報だけが表示されます。
sign-in-refused = このキーは有効ではありません。全体をコピーできているか確認するか、管理者に新しいキーを依頼してください。
sign-in-key = APIキー
sign-in-key-help = 管理者から受け取ったキー、または「kizuna user add」が出力したキーです。
sign-in-no-key = キーが手元にない場合
sign-in-link-help = このノードの運用者は、一度だけ使えるサインイン用リンクを発行できます。
link-title = サインインの確認
link-what = このリンクは一度だけ使えます。使用後は無効になります。
set-up-title = ノードの初期設定
set-up-what = ノードは一つのメンバー（他の組織とインテリジェンスを交換する組織）に属します。組織の情報を入力してください。
set-up-member = 組織名
set-up-member-help = 連携先に知られている名称です（例：JPCERT/CC）。後から変更できません。
set-up-country = 国
set-up-country-help = 3文字の国コード（ISO 3166-1）です。例：JPN、EST
set-up-sector = 種別
set-up-email = メールアドレス
set-up-email-help = アカウントの名称になります。メールは送信しません。
set-up-do = 設定してサインイン
sector-public = 公的機関
sector-private = 民間
sector-academic = 学術機関
sector-military = 軍・防衛組織
sector-civil = 市民団体

## ホーム
home-figures = 閲覧できる情報
home-recent = 新しく読めるようになった情報
home-all = すべて表示
home-everything = 全件
home-empty-title = まだ何もありません
home-empty-what = 取り込んだ情報と、連携先から開示された情報がここに表示されます。架空の演習データか、お手元のバンドルから始めてください。
home-load-sample = 演習サンプルを読み込む
home-sample = 演習サンプル
home-sample-what = 架空の国・攻撃者・侵害指標です。ポリシーはEXERCISEです。再度読み込んでも変わりません。
home-import = バンドルを取り込む
home-command-line = コマンドラインの場合：
home-loaded = { $n ->
    [0] 演習サンプルは読み込み済みです。
   *[other] 演習サンプルのオブジェクト{ $count }件を読み込みました。
}

## 検索
search-found = { $n ->
    [0] 該当なし
   *[other] { $count }件
}
search-found-capped = { $n ->
   *[other] { $count }件以上
}
search-read-as = 次の値としても検索：
search-kinds = 種類
search-all-kinds = すべての種類
search-results = 検索結果
search-empty-title = 閲覧できる情報は見つかりませんでした
search-empty-what = 任意の言語の語句、値そのもの、またはIDで検索できます。
search-example-words = すべての語句を含むもの
search-example-value = アドレス・ドメイン・URL・ハッシュ値（無害化した表記も可）
search-example-id = オブジェクトを開く

## 一覧
col-title = 題名
col-kind = 種類
col-label = ラベル
col-source = 提供元
col-added = 閲覧可能日時
col-relation = 関係
col-object = オブジェクト
col-version = 版
col-claim = 位置付け
col-digest = ダイジェスト
col-collection = コレクション
col-use = 権限
col-address = アドレス
col-member = メンバー
col-peer = 連携先
col-id = ID
col-fault = 最初の不備
col-channel = 経路
col-received = 受信日時
state-revoked = 失効
state-disputed = 提供元により相違

## ラベル
label-banner = このページのラベル
label-up-to = 混在（最高区分）
label-each-row = 各行にそれぞれのラベルを表示
label-audience = 開示範囲
label-level = ポリシーと区分
label-no-level = ポリシー・区分の指定なし
label-handling = 取扱い
party-world = 全員
party-clients = { $name }の支援先
party-person = { $name }（個人）
party-unknown = このノードで未知の対象
tlp-clear = 制限なく共有できます
tlp-green = コミュニティ内で共有できます
tlp-amber = 必要な範囲に限り、自組織とその顧客まで
tlp-amber-strict = 必要な範囲に限り、自組織のみ
tlp-red = 指名された受信者のみ
pap-clear = 利用に制限はありません
pap-green = 遮断などの能動的な利用ができます
pap-amber = 受動的な利用のみ。相手の基盤に接触しないこと
pap-red = ネットワークから検知されない方法でのみ利用
handling-orcon = 作成者管理：第三者への提供不可
handling-exercise = 演習：架空の内容
handling-draft = 下書き：未共有

## オブジェクト
object-earlier = 以前の版を表示しています：
object-newest = 最新の版を表示
object-revoked = 作成者がこのオブジェクトを失効させました。依拠しないでください。
object-disputed = この版の内容が、閲覧できる提供元の間で異なっています。
object-claims = 主張を比較
object-pattern = パターン
object-facts = 属性
object-translations = 翻訳
object-translation-stale = 以前の版の翻訳
object-relations = 関係
object-no-relations = 閲覧できるものはありません。
object-more-relations = 新しいものだけを表示しています。
object-more = ほか{ $count }件
object-sightings = 観測報告
object-no-sightings = 閲覧できるものはありません。
object-mentions = 言及している情報
object-versions = 版
object-warnings = 警告
object-raw = 元のJSON
object-raw-show = JSONを表示
object-side = このオブジェクトについて
object-on-this-page = このページの内容
claim-author = 作成者
claim-claim = 主張
claim-served = 表示中
reliability = 情報源の信頼度（アドミラルティ尺度）

## 理由
explain-what = ラベルのすべての要件を満たす場合に閲覧できます。各要件と、あなたの資格は次のとおりです。
explain-readable = 閲覧できます
explain-hidden = 閲覧できません
explain-rules = 要件
explain-rule = 要件
explain-found = 判定の内容
rule-named = 開示先の指定
rule-named-yes = 開示先が指定されています。
rule-named-no = 開示先が指定されていません。
rule-clause = 開示範囲
rule-clause-yes = 開示先に含まれています。
rule-clause-no = 開示先に含まれていません。
rule-level = ポリシーと区分
rule-level-yes = 資格がこの区分に達しています。
rule-level-no = 資格がこの区分に達していません。
rule-restrictive = 区分け（すべて必要）
rule-restrictive-yes = 必要な区分けをすべて保有しています。
rule-restrictive-no = 必要な区分けが足りません。
rule-permissive = 区分け（いずれか必要）
rule-permissive-yes = いずれかの区分けを保有しています。
rule-permissive-no = いずれの区分けも保有していません。
rule-draft = 下書き
rule-draft-yes = 書き込み権限があるため、下書きを閲覧できます。
rule-draft-no = 下書きは書き込み権限のある人だけが閲覧できます。
rule-from-joining = 参加以後
rule-from-joining-yes = 所属メンバーの参加後に届きました。
rule-from-joining-no = 所属メンバーの参加前に届きました。
rule-decision = 判定
rule-decision-yes = すべての要件を満たすため、閲覧できます。
rule-decision-no = 満たさない要件があるため、閲覧できません。
explain-met = 充足
explain-back = オブジェクトへ戻る

## コレクション
collections-what = 利用できるTAXII 2.1のAPIルートとコレクションです。APIキーを使えば、任意のTAXIIクライアントで読めます。
collection-title-all = 閲覧できるすべての情報
collection-title-inbox = 受信箱
collection-all = あなたが閲覧できるすべての情報です。
collection-inbox = 書き込み先です。ラベルで広げない限り、自組織だけが読みます。
collection-naming = このコレクションの対象を名指しする情報です。
collection-nothing = 書き込み専用です。
collections-client = クライアントから使う
collections-client-what = APIキーはBearerトークンとして、またはHTTP Basic認証のパスワード（ユーザー名はメールアドレス）として送ります。
can-read = 読み取り
can-write = 書き込み

## メンバー
members-count = { $count }メンバー
members-communities = コミュニティ
members-no-communities = まだありません。コミュニティは、ラベルで名指しできるメンバーの集まりです。
members-community = コミュニティ
members-where = ノード
members-hosted = このノード
members-elsewhere = 他のノード
members-own = 自組織
members-earlier = 新規メンバーの閲覧範囲
members-from-joining = 参加後に届いた情報
members-from-start = 参加前の情報も含む
members-roster = 名簿の管理
members-roster-here = このノード
members-roster-elsewhere = 他のノード

## 連携先
peers-empty-title = 連携先はまだありません
peers-empty-what = 連携先は、相手のTAXII 2.1サーバー（別のKizunaを含む）です。互いに開示された情報だけが行き来します。
peers-not-yours = 連携先はノードの運用者だけに表示されます
peers-not-yours-what = 連携先との同期の状況は、このノードを運用するメンバーの管理者に確認してください。
peers-state = 状態
peers-direction = 方向
peers-last = 最後の接続
peers-lag = 遅れ
peers-pulled = 受信
peers-pushed = 送信
peers-refused = 拒否
peers-now = 今すぐ同期する（コマンドライン）：
seconds = { $count }秒
minutes = { $count }分
hours = { $count }時間
days = { $count }日
peer-ok = 同期済み
peer-behind = 遅延
peer-failed = 失敗
peer-waiting = 未接続
peer-pull = 受信
peer-push = 送信
peer-both = 送受信

## 隔離
quarantine-what = 受け入れられなかった入力です。失われたものはありません。送信元で修正し、もう一度送ってください。
quarantine-empty-title = 隔離された入力はありません
quarantine-empty-what = 受け入れられなかった入力は、理由とともに元のままここに保管されます。閲覧できるものはありません。
quarantine-no-id = 読み取れるIDなし
quarantine-more = ほか{ $count }件
quarantine-next = この入力は受け入れられておらず、共有されていません。不備を送信元で修正し、もう一度送ってください。
quarantine-faults = 不備
quarantine-path = 箇所
quarantine-rule = 規則
quarantine-size = 大きさ
quarantine-bytes = 受信したままの内容
quarantine-cut = 先頭だけを表示しています。全体はネイティブAPIで取得できます。

## 取り込み
import-title = バンドルの取り込み
import-file = ファイル
import-file-help = STIX 2.0または2.1のJSON（gzip圧縮も可）、{ $limit }まで。
import-label = ラベル
import-label-help = バンドル自体のラベルをさらに絞り込み、ラベルのないものに付与します。
import-audience-help = ここで選んだ相手のうち、ラベルの他の要件も満たす人だけが読めます。自組織は常に読めます。
import-countries = 国
import-communities = コミュニティ
import-members = メンバー
import-check = 届く相手を確認
import-check-help = まだ保存されません。
import-check-title = 保存前の確認
import-reach = { $count }メンバーに届きます
import-reach-help = このラベルが名指しするメンバーのうち、このノードが現在把握しているものです。バンドル自体の表示でさらに絞られる場合は、これより少なくなります。
import-beyond-you = あなたの資格はこのラベルに達していません。取り込んだ情報を自分では閲覧できません。
import-would = 取り込みの見込み
import-do = { $n ->
    [1] { $count }メンバー向けに取り込む
   *[other] 取り込み、{ $count }メンバーに開示する
}
import-back = 選び直す
import-total = オブジェクト
import-stored = 保存
import-duplicates = 登録済み
import-quarantined = 隔離
import-warned = 警告あり
import-reasons = 理由
import-done-title = 取り込み完了
import-done = { $n ->
    [0] 新しく保存したものはありません。
   *[other] オブジェクト{ $count }件をディスクに保存しました。
}
import-see = 変更を確認
import-see-quarantine = 隔離を確認
import-another = 続けて取り込む
import-expired = 確認済みのファイルは保持期限を過ぎました。もう一度選んでください

## エラー
failure-home = ホーム
failure-request = 管理者に次の要求IDを伝えてください：
failure-400 = 要求に誤りがあります
failure-400-next = 下記の内容を確認し、戻って修正してください。
failure-401 = サインインしていません
failure-401-next = セッションが終了した可能性があります。もう一度サインインしてください。
failure-403 = この操作は許可されていません
failure-403-next = 権限がないか、ページを開いてから時間が経ちすぎています。ページを開き直すか、管理者に相談してください。
failure-404 = 見つかりません
failure-404-next = ここに閲覧できる情報はありません。アドレスを確認するか、検索してください。
failure-405 = ここではその操作はできません
failure-405-next = 前のページに戻り、ページ上のボタンを使ってください。
failure-409 = 既存の内容と矛盾します
failure-409-next = 下記を確認し、別の内容でやり直してください。
failure-413 = 大きすぎます
failure-413-next = 分割するか、コマンドラインから取り込んでください。
failure-500 = ノードで障害が発生しました
failure-500-next = プログラムの不具合です。受領を通知した情報は失われていません。
failure-503 = 現在利用できません
failure-503-next = ノードが混雑しているか、必要な機能が停止しています。しばらくしてからやり直してください。

## デモ
demo-title = 同じオブジェクトの、国ごとの見え方
demo-what = 各列は、それぞれのメンバーのキーで各ノードに問い合わせた結果です。列に表示されない情報は、その相手に送られていません。
demo-story = 登場するオブジェクト
demo-other = 別のオブジェクト
demo-look = もう一度見る
demo-objects = { $count }件を閲覧可能
demo-nothing = ここにそのようなオブジェクトはありません。
demo-unreachable = このノードは応答しません。
demo-try = 試してみる

## オブジェクトの種類
kind-artifact = アーティファクト
kind-attack-pattern = 攻撃手法
kind-autonomous-system = AS
kind-campaign = 攻撃キャンペーン
kind-course-of-action = 対処方策
kind-directory = ディレクトリ
kind-domain-name = ドメイン名
kind-email-addr = メールアドレス
kind-email-message = メール
kind-extension-definition = 拡張定義
kind-file = ファイル
kind-grouping = グループ
kind-identity = 組織・個人
kind-incident = インシデント
kind-indicator = 侵害指標
kind-infrastructure = 攻撃基盤
kind-intrusion-set = 侵入活動群
kind-ipv4-addr = IPv4アドレス
kind-ipv6-addr = IPv6アドレス
kind-language-content = 翻訳
kind-location = 場所
kind-mac-addr = MACアドレス
kind-malware = マルウェア
kind-malware-analysis = マルウェア解析
kind-marking-definition = 標示
kind-mutex = ミューテックス
kind-network-traffic = 通信
kind-note = 注記
kind-observed-data = 観測データ
kind-opinion = 意見
kind-process = プロセス
kind-relationship = 関係
kind-report = レポート
kind-sighting = 観測報告
kind-software = ソフトウェア
kind-threat-actor = 脅威アクター
kind-tool = ツール
kind-url = URL
kind-user-account = ユーザーアカウント
kind-vulnerability = 脆弱性
kind-windows-registry-key = レジストリキー
kind-x509-certificate = 証明書
kind-kizuna-label = ラベル
kind-kizuna-recall = 回収通知
kind-x-mitre-tactic = 戦術
kind-x-mitre-matrix = マトリックス
kind-x-mitre-detection-strategy = 検知戦略
kind-x-mitre-analytic = 分析手法
kind-x-mitre-data-source = データソース
kind-x-mitre-data-component = データコンポーネント

## 検索欄の値
observable-domain = ドメイン名
observable-ipv4 = IPv4アドレス
observable-ipv6 = IPv6アドレス
observable-cidr = ネットワーク
observable-url = URL
observable-email = メールアドレス
observable-md5 = MD5
observable-sha1 = SHA-1
observable-sha256 = SHA-256
observable-sha512 = SHA-512
observable-hash = ハッシュ値
observable-file-name = ファイル名
observable-registry-key = レジストリキー
observable-mac = MACアドレス
observable-asn = AS番号
observable-mutex = ミューテックス
observable-user-agent = ユーザーエージェント
observable-certificate = 証明書
observable-account = アカウント
observable-ja3 = JA3
observable-ja4 = JA4
observable-crypto-address = 暗号資産アドレス

## 属性
field-abstract = 要旨
field-aliases = 別名
field-authors = 著者
field-confidence = 確度（0–100）
field-content = 内容
field-context = 文脈
field-count = 件数
field-created = 作成日時
field-created_by_ref = 作成者
field-description = 説明
field-explanation = 根拠
field-external_references = 参考資料
field-first_observed = 最初の観測
field-first_seen = 初認
field-goals = 目標
field-hashes = ハッシュ値
field-identity_class = 分類
field-implementation_languages = 実装言語
field-indicator_types = 指標の種別
field-infrastructure_types = 基盤の種別
field-is_family = ファミリー
field-kill_chain_phases = キルチェーン
field-labels = タグ
field-lang = 言語
field-last_observed = 最後の観測
field-last_seen = 最終確認
field-malware_types = マルウェアの種別
field-modified = 更新日時
field-name = 名称
field-number_observed = 観測数
field-object_refs = 対象オブジェクト
field-objective = 目的
field-observed_data_refs = 観測データ
field-opinion = 意見
field-pattern_type = パターン言語
field-pattern_version = パターンの版
field-primary_motivation = 主な動機
field-published = 公開日時
field-region = 地域
field-country = 国
field-relationship_type = 関係の種別
field-report_types = レポートの種別
field-resource_level = 資源の規模
field-roles = 役割
field-secondary_motivations = その他の動機
field-sectors = 分野
field-contact_information = 連絡先
field-sighting_of_ref = 観測対象
field-size = 大きさ
field-sophistication = 技術水準
field-source_ref = 関係元
field-start_time = 開始
field-stop_time = 終了
field-target_ref = 関係先
field-threat_actor_types = アクターの種別
field-tool_types = ツールの種別
field-tool_version = ツールの版
field-valid_from = 有効開始
field-valid_until = 有効期限
field-value = 値
field-where_sighted_refs = 観測者

## 関係
verb-attributed-to = 帰属先
verb-authored-by = 作成者
verb-based-on = 根拠
verb-communicates-with = 通信先
verb-compromises = 侵害
verb-consists-of = 構成要素
verb-controls = 制御
verb-delivers = 配送
verb-derived-from = 派生元
verb-detects = 検知
verb-downloads = ダウンロード
verb-drops = 投下
verb-duplicate-of = 重複
verb-exfiltrates-to = 持ち出し先
verb-exploits = 悪用
verb-has = 保有
verb-hosts = ホスト
verb-impersonates = なりすまし
verb-indicates = 指し示す
verb-investigates = 調査
verb-located-at = 所在地
verb-mitigates = 緩和
verb-originates-from = 発信元
verb-owns = 所有
verb-related-to = 関連
verb-remediates = 修復
verb-revoked-by = 置換先
verb-subtechnique-of = 下位手法
verb-targets = 標的
verb-uses = 使用
verb-variant-of = 亜種
