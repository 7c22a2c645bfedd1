# Teks untuk operator, dalam bahasa Indonesia. Kunci dan variabelnya sama dengan en.ftl; diuji.
# Angka dan satuan ditulis seperti di log dan JSON; perintah ditulis persis seperti diketik.

## zmpace explain

explain-exit = kode keluar { $number }
explain-signal = langsung dihentikan oleh sinyal { $signal }
explain-signal-next = `zmpace run` melanjutkan
explain-todo = yang perlu dilakukan: { $next }

## Kode: artinya, dan yang perlu dilakukan

ZP-UNREACHABLE = server tidak bisa dihubungi, atau koneksi terputus
    .next = `curl -kI https://HOST:7071/` dari mesin ini; run mencoba lagi sendiri
    .said = tidak bisa menghubungi { $host }: { $cause }
ZP-TLS = sertifikat server tidak dipercaya
    .next = bandingkan fingerprint-nya di server itu, lalu isi `fingerprints` untuk sisi tersebut
    .said = sertifikat { $host } tidak dipercaya ({ $cause }); fingerprint SHA-256-nya { $fingerprint }
ZP-SIGN-IN = server menolak login administrator
    .next = tulis password yang benar di `password_file` sisi tersebut; run yang sedang menunggu berlanjut sendiri
    .said = login { $admin } ditolak: { $cause }
ZP-AUTH-EXPIRED = token admin tidak diterima lagi, padahal masih baru
    .next = awalnya tidak perlu apa-apa, token diperbarui sendiri; kalau berulang, `zmcontrol status` di server itu: mungkin LDAP-nya mati
    .said = token admin tidak diterima lagi
ZP-SOAP-FAULT = server menjawab permintaan dengan fault
    .next = baca pesannya di `zmpace status`; akan dicoba lagi, setelah itu `zmpace retry`
    .said = { $request } dijawab dengan { $code }: { $reason }
ZP-GARBLED = jawaban server tidak sesuai protokol
    .next = periksa apakah ada proxy di antara zmpace dan server; akan dicoba lagi
    .said = jawaban atas { $request } tidak bisa dipahami: { $cause }
ZP-NO-ACCOUNT = akun tidak ada di sisi tersebut
    .next = buat dengan `zmprov ca`, lalu `zmpace run`
    .said = akun { $account } tidak ada
ZP-ACCOUNT-SHUT = akun berstatus maintenance, locked, atau closed
    .next = `zmprov ga ACCOUNT zimbraAccountStatus`, ubah ke active, lalu `zmpace retry`
    .status = { $account } tidak bisa dibuka: statusnya { $status }
    .said = { $account } tidak bisa dibuka: { $cause }
ZP-BUSY = server sedang menolak untuk sementara (429, 502, 503, 504, atau lock yang diperebutkan)
    .next = tidak ada: worker dikurangi, dan mailbox itu dicoba lagi nanti
    .pause = { $what } dijawab dengan HTTP { $status }, coba lagi dalam { $pause } dtk
    .said = { $what } dijawab dengan HTTP { $status }
ZP-HTTP = transfer dijawab dengan status HTTP yang tidak diharapkan
    .next = baca `mailbox.log` server itu pada waktu tersebut; lalu `zmpace retry`
    .said = { $what } dijawab dengan HTTP { $status }: { $message }
ZP-STALLED = terlalu lama tidak ada data yang bergerak
    .next = awalnya tidak perlu apa-apa; kalau berulang, periksa apakah thread HTTP server itu habis (thread `zmmailboxdctl`)
    .said = { $what } diam selama { $seconds } dtk
ZP-CUT = transfer terputus sebelum selesai
    .next = tidak ada: yang sudah sampai disimpan, sisanya dikirim lagi
    .said = { $what } terputus: { $cause }
ZP-ARCHIVE = hasil ekspor bukan arsip yang utuh dan sehat
    .next = akan dicoba lagi; kalau berulang, cari blob yang hilang: `zmblobchk` di sumber
    .said = arsipnya tidak utuh: { $cause }
ZP-IMPORT-FAIL = tujuan menolak seluruh impor
    .next = baca `mailbox.log` di tujuan; lalu `zmpace retry`
    .said = impor ditolak: { $code }: { $reason }
ZP-QUOTA = mailbox di tujuan sudah penuh
    .next = `zmprov ma ACCOUNT zimbraMailQuota 0`, lalu `zmpace retry --cause ZP-QUOTA`
    .said = { $account } melewati kuotanya; { $rejected } item tidak tersimpan
ZP-RUNAWAY = mailbox di tujuan terus membesar padahal tidak ada yang dikirim
    .next = `zmmailboxdctl restart` di tujuan, periksa mailbox itu, lalu `zmpace run`
    .said = { $account } bertambah sendiri ({ $before } -> { $after } item tanpa kiriman yang berjalan)
ZP-TEMP-SPACE = item besar tidak bisa disimpan di file sementara
    .next = kosongkan ruang di lokasi TMPDIR, lalu `zmpace run`
    .said = item besar tidak bisa disimpan di file sementara: { $cause }
ZP-PROGRAM = program luar tidak memindahkan mailbox itu
    .next = kata-kata terakhirnya ada di penyebab; coba jalankan `command` di [mover] secara manual untuk mailbox ini
ZP-STOPPED = transfer dihentikan atas permintaan; yang sudah terkirim tersimpan
    .next = `zmpace run` melanjutkan
    .said = transfer diakhiri atas permintaan; yang sudah terkirim tersimpan
ZP-VERIFIED = mailbox sudah dipindahkan, dan jumlahnya cocok di kedua sisi
    .next = tidak ada
ZP-DIFFERS = mailbox sudah dipindahkan, tetapi ada item yang berbeda
    .next = `zmpace verify --deep --accounts FILE` menyebutkan item-itemnya; `zmpace retry` memindahkannya lagi
ZP-BEGIN = kedua mesin sudah diamati dalam keadaan diam; mailbox pertama dimulai
    .next = tidak ada
ZP-BUSY-AT-REST = sebuah mesin sudah melewati batas padahal belum ada pekerjaan kita di sana
    .next = periksa apa lagi yang berjalan di sana, atau pilih jam lain dengan `--window`
ZP-SIDE-LOST = server tidak bisa dipakai bekerja; semuanya diam dulu
    .next = periksa apakah server itu hidup; satu worker mencoba lagi dengan jeda yang makin panjang
ZP-SIDE-BACK = server sudah bisa dipakai lagi
    .next = tidak ada
ZP-PERSON-NEEDED = server menolak administrator; semuanya diam dulu
    .next = tulis password yang benar di `password_file` sisi tersebut; run berlanjut sendiri
ZP-TOO-MANY-FAILURES = mailbox yang gagal lebih banyak dari yang diizinkan `--max-failures`
    .next = `zmpace status` menampilkannya beserta penyebabnya; perbaiki, lalu `zmpace retry` dan `zmpace run`
ZP-SPACE-LOW = sebuah file system hampir penuh; semuanya diam dulu
    .next = kosongkan ruang di sana; run berlanjut sendiri
ZP-CRITICAL = batas kritis terlewati; setengah dari worker dihentikan sementara
    .next = tidak ada; kalau pengguna terganggu, `zmpace ctl pause`
ZP-STAYS-CRITICAL = sebuah mesin tetap kritis walaupun worker sudah paling sedikit; run berakhir (`--critical-abort`)
    .next = periksa apa lagi yang berjalan di mesin itu, lalu `zmpace run`
ZP-OVER-LINE = batas lunak terlewati; worker dikurangi
    .next = tidak ada
ZP-SERVER-BUSY = server mengatakan sedang sibuk; worker dikurangi untuk sementara
    .next = tidak ada
ZP-MEMORY = memori tidak cukup untuk satu mailbox lagi
    .next = tidak ada
ZP-GUARD = satu worker lagi akan melewati batas
    .next = tidak ada
ZP-COOL-DOWN = masa tenang setelah pengurangan: untuk sementara tidak ada yang ditambah
    .next = tidak ada
ZP-CEILING = beberapa waktu lalu satu worker lagi membuat keadaan kritis
    .next = tidak ada
ZP-LINE = beberapa waktu lalu satu worker lagi melewati batas
    .next = tidak ada
ZP-FEWER = dicoba dengan satu worker lebih sedikit
    .next = tidak ada
ZP-LATE-COST = penambahan menunggu indexing yang masih akan datang
    .next = tidak ada
ZP-STALE = sampel tidak ada atau terlalu lama; tidak ada yang ditambah
    .next = awalnya tidak perlu apa-apa; `zmpace probe` menunjukkan apa yang bisa dibaca
ZP-DEGRADED = sebuah mesin sudah lama tidak terlihat; kembali ke jumlah yang aman
    .next = `zmpace probe` di terminal lain menunjukkan mengapa mesin itu tidak bisa dibaca
ZP-BLIND = sebuah mesin masih belum terlihat; satu worker dikurangi
    .next = `zmpace probe` di terminal lain menunjukkan mengapa mesin itu tidak bisa dibaca
ZP-TRY = dicoba dengan satu worker lagi
    .next = tidak ada
ZP-CLIMB = salah satu dari beberapa worker pertama, masih jauh di bawah semua batas
    .next = tidak ada
ZP-KEPT = worker yang dicoba cukup bermanfaat dan dipertahankan
    .next = tidak ada
ZP-UNDONE = worker yang dicoba kurang bermanfaat dan ditarik kembali
    .next = tidak ada
ZP-KNEE = beberapa waktu lalu satu worker lagi hanya membawa sedikit tambahan
    .next = tidak ada
ZP-ENOUGH = mailbox terlama selesai setelah yang lain semua: menambah worker tidak membantu
    .next = tidak ada
ZP-CAP = jumlah worker terbanyak menurut pengaturan
    .next = `max_workers`, atau `zmpace ctl ceiling +1`; Zimbra melayani sepuluh transfer per akun admin
ZP-OPERATOR = atas perintah operator
    .next = tidak ada
ZP-HOURS = window dibuka, ditutup, atau sedang tertutup
    .next = tidak ada
ZP-TOO-LONG = tidak ada lagi yang akan selesai sebelum window ditutup
    .next = `zmpace plan` menyebutkan mailbox yang tidak muat di malam mana pun
ZP-WARM = satu worker lagi tanpa uji coba: sudah diukur oleh benchmark di sini
    .next = tidak ada
ZP-RUNG = benchmark: jumlah worker berikutnya diukur
    .next = tidak ada
ZP-MEASURED = benchmark: satu jumlah worker sudah diukur
    .next = tidak ada
ZP-BENCHMARKED = benchmark: selesai
    .next = tidak ada
ZP-RUN-BEGINS = sebuah run dimulai
    .next = tidak ada
ZP-RUN-ENDS = sebuah run sudah berakhir
    .next = `zmpace report` menceritakan jalannya
ZP-PROGRESS = sampai di mana run ini, sekali semenit
    .next = tidak ada
ZP-INTERRUPTED = ada mailbox yang sedang dipindahkan ketika run terakhir berakhir; pemindahannya dilanjutkan
    .next = tidak ada
ZP-JOURNAL-FULL = tidak ada ruang untuk jurnal; semuanya diam dulu
    .next = kosongkan ruang di folder state; run berlanjut sendiri
ZP-JOURNAL-ROOM = ruang untuk jurnal sudah ada lagi
    .next = tidak ada
ZP-HOOK = pihak yang seharusnya diberi tahu tidak bisa diberi tahu
    .next = coba command, webhook, atau `sendmail` di `[hooks]` secara manual
ZP-LISTENING = metrik atau halaman web tersedia di alamat ini
    .next = tidak ada
ZP-OUTLET = ada yang rusak di luar migrasinya sendiri: socket, metrik, halaman web, atau log
    .next = baca penyebabnya di baris itu; migrasi tetap berjalan
ZP-UNREAD = sebuah mesin tidak bisa dibaca
    .next = `zmpace probe` di terminal lain menunjukkan sebabnya
ZP-READ-AGAIN = sebuah mesin sudah bisa dibaca lagi
    .next = tidak ada
ZP-READING = keterangan tentang cara sebuah mesin dibaca
    .next = tidak ada
ZP-UNGUARDED = sebuah mesin sengaja tidak dibaca (`reach = "none"`): tidak ada yang menjaganya
    .next = isi `reach` sisi tersebut dengan "ssh" atau "local"
ZP-ANSWER = jawaban atas perintah atau sinyal
    .next = tidak ada
ZP-NOT-DONE = perintah atau perubahan pengaturan ditolak
    .next = baca penyebabnya di baris itu, perbaiki, lalu beri perintahnya lagi

## Kode keluar

exit-0 = semua mailbox yang dipilih sudah dipindahkan dan terverifikasi
    .next = tidak ada
exit-1 = sesuatu yang tidak terduga
    .next = baca pesannya; jalankan lagi; kalau tetap begitu, laporkan beserta log-nya
exit-2 = cara pakai atau pengaturan yang salah
    .next = pesannya menyebutkan flag atau kunci yang salah
exit-3 = selesai, sebagian mailbox gagal
    .next = `zmpace status` menampilkannya beserta penyebabnya; perbaiki, `zmpace retry`, `zmpace run`
exit-4 = selesai, ada item yang berbeda
    .next = `zmpace verify --deep --accounts FILE` menyebutkan item-itemnya; `zmpace retry` memindahkannya lagi
exit-5 = berakhir lebih awal atas permintaan atau karena gangguan sementara
    .next = `zmpace run` lagi
exit-6 = ditolak sebelum ada yang dipindahkan: ada yang harus diperbaiki dulu, run lain sedang memegang jurnal, atau tidak ada run yang mendengarkan
    .next = `zmpace check` menyebutkan apa yang menghalangi beserta perintah untuk memperbaikinya; `zmpace status` memberi tahu apakah ada run yang berjalan, `--state-dir` memakai folder lain
exit-7 = login, sertifikat, atau host key ditolak: perlu tindakan manusia
    .next = pesannya menyebutkan apa yang harus dibandingkan atau diubah, lalu `zmpace run`
exit-8 = tidak ada ruang untuk jurnal atau file sementara
    .next = `df -h`, kosongkan ruang, lalu `zmpace run`
exit-9 = tidak ada lagi yang perlu dipindahkan (hanya dengan `--error-on-nothing`)
    .next = tidak ada
exit-10 = window sudah ditutup, masih ada mailbox yang tersisa
    .next = `zmpace run` lagi, besok atau lewat timer
exit-11 = sebuah mesin tetap kritis walaupun worker sudah paling sedikit (hanya dengan `--critical-abort`)
    .next = periksa apa lagi yang berjalan di sana, lalu `zmpace run`
exit-12 = mailbox yang gagal lebih banyak dari yang diizinkan `--max-failures`; sisanya tidak dicoba
    .next = `zmpace status`, perbaiki penyebabnya, `zmpace retry`, `zmpace run`

## Kata-kata

side-source = sumber
side-destination = tujuan
side-host = mesin ini
side-none = salah satu sisi

measure-CpuBusy = CPU
measure-DiskUtilisation = disk
measure-WriteAwait = antrean tulis disk
measure-ReadAwait = antrean baca disk
measure-MemoryUsed = memori
measure-SwapIn = swap-in
measure-NetworkShare = jaringan
measure-AnswerTime = waktu jawab
measure-SpaceUsed = ruang disk

phase-Preflight = persiapan
phase-Settle = menunggu stabil
phase-Measure = mengukur
phase-Trial = uji coba
phase-HoldLimit = ditahan batas
phase-HoldKnee = ditahan, tanpa manfaat
phase-CoolDown = masa tenang
phase-Degraded = pandangan terbatas
phase-Tail = bagian akhir
phase-SideLost = satu sisi hilang
phase-Paused = dijeda
phase-Pinned = jumlah tetap
phase-Shut = di luar window
phase-Draining = drain
phase-Stopping = menghentikan
phase-Finished = selesai

unit-s = dtk
unit-min = mnt
unit-h = jam
unit-d = hari

day-Mon = Sen
day-Tue = Sel
day-Wed = Rab
day-Thu = Kam
day-Fri = Jum
day-Sat = Sab
day-Sun = Min

window-Open = window terbuka
window-Trickle = di luar window, hanya beberapa worker
window-Shut = di luar window
window-until = { $window } sampai { $clock }

class-0 = kosong
class-1 = sampai 1 MB
class-2 = 1 MB sampai 10 MB
class-3 = 10 MB sampai 100 MB
class-4 = 100 MB sampai 1 GB
class-5 = di atas 1 GB

## Keputusan

decision-kept = { $to } dipertahankan
decision-stays = tetap { $to }
decision-undone = { $from } → { $to } dibatalkan
decision-machine = { $measure } { $side } { $value } dari { $line }
decision-no-machine = tidak ada yang dekat batas
decision-gain = hasil kerja { $gain } % (perlu { $needed } %)
decision-no-gain = hasil kerja tidak bisa dibandingkan, mailbox-nya berbeda dari sebelumnya
decision-long = waktu lama
decision-next = { $cause }; dilihat lagi dalam { $span }

rule-Begin = mulai; dalam keadaan diam terketat: { $machine }
rule-Begin-bare = mulai
rule-BusyAtRest = menunggu: batas sudah terlewati tanpa pekerjaan kita, { $machine }
rule-SideLost = { $side } tidak bisa dipakai bekerja: semua diparkir
rule-SideBack = { $side } bisa dipakai lagi
rule-PersonNeeded = { $side } menolak administrator: semua diparkir sampai password diganti
rule-TooManyFailures = terlalu banyak mailbox gagal: run berakhir
rule-SpaceLow = hampir penuh: { $machine }; semua diparkir
rule-Critical = kritis: { $machine }
rule-StaysCritical = tetap kritis dan tidak ada lagi yang bisa dikurangi: { $machine }; run berakhir
rule-Soft = melewati batas: { $machine }
rule-Soft-why = melewati batas: { $machine }; { $why }
rule-Busy = { $side } mengatakan sedang sibuk
rule-Admission = memori { $side } tidak cukup untuk satu mailbox lagi
rule-Guard = satu lagi akan membawa { $measure } { $side } ke { $predicted } (batas { $line })
rule-Guard-bare = tidak ada ruang: { $machine }
rule-CoolDown = masa tenang setelah pengurangan
rule-Ceiling = beberapa waktu lalu satu lagi terlalu banyak
rule-Line = beberapa waktu lalu satu lagi membawa { $measure } { $side } melewati { $line }
rule-Line-bare = beberapa waktu lalu satu lagi melewati batas
rule-Fewer = mencoba lebih sedikit; terketat: { $machine }
rule-LateCost = menunggu indexing yang masih akan datang: { $machine }
rule-Stale = tidak ada sampel baru dari { $side } (umurnya { $age })
rule-Stale-unread = sampel terakhir dari { $side } tidak bisa dibaca
rule-Stale-bare = belum ada sampel dari { $side }
rule-Degraded = { $side } tidak terlihat selama { $age }: kembali ke jumlah yang aman
rule-Blind = { $side } tidak terlihat selama { $age }: dikurangi satu
rule-Climb = tambah satu, semua mesin jauh di bawah batasnya; terketat: { $machine }
rule-Try = mencoba satu lagi; terketat: { $machine }
rule-Kept = { $gain }; terketat: { $machine }
rule-Undone = { $gain }; terketat: { $machine }
rule-Undone-bare = { $gain }: tidak ada mesin yang dekat batasnya, { $why }
rule-Knee = beberapa waktu lalu satu lagi hanya membawa sedikit tambahan
rule-Knee-why = beberapa waktu lalu satu lagi hanya membawa sedikit tambahan: { $why }
rule-Enough = mailbox terlama selesai setelah yang lain semua: menambah worker tidak membantu
rule-Cap = sudah sebanyak yang diizinkan pengaturan
rule-Warm = tambah satu tanpa uji coba, sesuai hasil benchmark; terketat: { $machine }
rule-Rung = benchmark lanjut ke jumlah berikutnya; terketat: { $machine }
rule-Measured = terukur: kerja setara { $work } worker tanpa gangguan; terketat: { $machine }
rule-Measured-bare = terukur, tetapi tidak semua worker sibuk: sekali lagi
rule-Benchmarked = benchmark sudah cukup mengukur: yang sedang berjalan diakhiri
rule-Hours = window terbuka
rule-Hours-Shut = di luar window
rule-Hours-Draining = window ditutup: yang sedang berjalan diselesaikan
rule-Hours-Stopping = window ditutup: yang sedang berjalan berhenti di titik aman berikutnya
rule-Hours-Paused = window ditutup sebentar: yang sedang berjalan diam dulu
rule-Hours-HoldLimit = di luar window: paling banyak { $to }, dengan batas lebih ketat
rule-TooLong = tidak ada lagi yang akan selesai sebelum window ditutup
rule-Operator = operator melanjutkan
rule-Operator-Paused = dijeda oleh operator
rule-Operator-Pinned = jumlahnya dipilih operator
rule-Operator-Draining = drain atas permintaan: tidak ada yang baru dimulai
rule-Operator-Stopping = berhenti atas permintaan

why-Locks = waktu habis menunggu lock, menambah worker malah memperlambat
why-ServerCap = mentok di kelipatan sepuluh, batas server sepuluh transfer per akun admin; akun admin tambahan mengatasinya
why-RoundTrips = waktu habis menunggu (round trip atau batas di sisi server)
why-NotOurs = { $rise } darinya muncul tanpa tambahan worker: beban yang bukan dari kita, atau datang terlambat
why-NotOurs-bare = muncul tanpa tambahan worker: beban yang bukan dari kita, atau datang terlambat

## Baris-baris sebuah run

line-sum = { $done } dari { $total } mailbox, { $failed } gagal; limit { $limit }, berjalan { $flying }, diparkir { $parked }; terkirim { $sent }, tersimpan { $stored }; { $rates }
line-left = sisa waktu sekitar { $span }
line-rates = { $bytes }/s, { $items } item/s, { $mailboxes } mailbox/jam
line-verified = terverifikasi: { $items } item, { $size } dalam { $seconds } dtk
line-differs = berbeda: { $items } item; { $first }
line-interrupted = { $mailboxes } mailbox sedang dipindahkan ketika run terakhir berakhir; dilanjutkan, yang sudah ada dilewati
line-unguarded = { $side }: mesinnya tidak dibaca (reach = "none"): tidak ada yang menjaganya
line-more = dan { $more } peringatan lagi; lihat `zmpace report` dan `zmpace status`

## Pemeriksaan kedua

ZP-SECOND-LOOK = tidak ada lagi yang perlu dipindahkan; mailbox yang dipindahkan dalam beberapa percobaan diperiksa sekali lagi sebelum run berakhir
    .next = tidak ada: lamanya kira-kira sama dengan jeda sebelum percobaan ulang
ZP-LATE-IMPORT = impor yang sudah ditinggalkan berlanjut tanpa terlihat dan tiba setelah mailbox-nya terverifikasi: ada item yang menjadi ganda
    .next = `zmpace verify --deep --accounts FILE` menyebut item-itemnya; hapus kelebihannya di tujuan, lalu `zmpace run`
ZP-IN-DOUBT = mailbox yang dipindahkan dalam beberapa percobaan sudah terverifikasi, tetapi tidak dapat diperiksa sekali lagi
    .next = `zmpace run` memeriksanya lagi; tidak ada yang dipindahkan dua kali
line-second-look = tidak ada lagi yang perlu dipindahkan; { $mailboxes } mailbox yang memerlukan beberapa percobaan diperiksa sekali lagi
line-late-import = impor sebelumnya tiba terlambat: { $items } item berlebih di tujuan; { $folders }
line-in-doubt = terverifikasi, tetapi tidak dapat diperiksa sekali lagi: { $cause }

## Layar

face-waiting-picture = menunggu gambaran pertama dari run
face-run = run { $run }
face-counts = limit { $limit } dari { $ceiling } · berjalan { $flying } · diparkir { $parked }
face-mailboxes = mailbox
face-mailboxes-are = { $done } dari { $total }: cocok { $verified }, kosong { $empty }, tak lengkap { $incomplete }, gagal { $failed }
face-retrying = diulang { $retrying }
face-moved = pindah
face-moved-is = { $items } item, { $bytes }, { $rates }
face-left = sisa
face-left-is = sekitar { $likely } ({ $least } sampai { $most })
face-unknown = belum diketahui
face-clocks = waktu
face-no-window = tanpa window: selalu terbuka
face-tokens = token { $tokens }
face-cpu = cpu
face-disk = disk
face-mem = mem
face-net = net
face-full = isi
face-no-machine = belum ada mesin yang dibaca
face-unread = { $machine }: belum dibaca
face-old = { $side }: TANPA SAMPEL SELAMA { $span }
face-flying = berjalan { $number }, urut { $sort }
face-flying-filtered = berjalan { $number }, urut { $sort }, dengan `{ $filter }`: { $shown }
face-account = akun
face-size = ukuran
face-sent = terkirim
face-rate = laju
face-stage = tahap
face-time = waktu
face-none = tidak ada
face-waiting = antre
face-nothing = tidak ada
face-empty = kosong
face-backlog = antre, menurut ukuran
face-of-them = besarnya
face-in-flight = berjalan
face-decisions = keputusan
face-no-decisions = belum ada: kedua mesin diamati dulu dalam keadaan diam
face-no-problems = masalah: tidak ada
face-problems = masalah: { $number }, terbaru di atas
face-refused = ditolak: { $cause }
face-filter = saring: { $filter }_  (Enter memakai, Esc membatalkan)
face-keys = p jeda  +- plafon  e alasan  s urut  / saring  Enter rinci  ? bantuan  { $leave }
face-drain = q drain
face-leave = q keluar
face-over = run sudah berakhir

stage-prepare = siapkan
stage-export = ekspor
stage-import = impor
stage-verify = periksa
stage-parked = parkir

sort-size = ukuran
sort-rate = laju
sort-time = waktu
sort-account = akun

sheet-keys = tombol
sheet-stands = keadaan sekarang
sheet-sure = yakin?
sheet-mailbox = mailbox
sheet-yes = y = ya, tombol lain = tidak
sheet-stop = Drain sudah berjalan. Hentikan yang berjalan di titik aman berikutnya?
sheet-drain = Drain: selesaikan yang berjalan, tidak mulai yang baru, lalu berakhir?
sheet-close = tekan tombol apa saja untuk menutup
sheet-gone = sudah tidak berjalan lagi
sheet-size = { $size } (menurut sumber)
sheet-sent = { $items } item, { $size }
sheet-parked = diparkir, pada { $stage }
sheet-time = { $span }, percobaan ke-{ $attempt }
sheet-help-run = q        drain: selesaikan yang berjalan, lalu berakhir (ditanya dulu)
sheet-help-top = q        keluar dari layar ini; run tetap berjalan
sheet-help =
    p        jeda, dan lanjutkan: yang berjalan diam di antara dua item
    + -      jumlah worker terbanyak, tambah satu atau kurang satu
    e        keadaan sekarang dan alasannya
    s        urutkan mailbox menurut ukuran, laju, waktu, atau akun
    /        tampilkan hanya mailbox yang alamatnya memuat yang diketik
    Up Down  pilih mailbox;  Enter menampilkan rinciannya
    Esc      hapus saringan
    Ctrl-C   di run: pertama drain, kedua berhenti, ketiga langsung berakhir

    bar      garis tipis: batas lunak; garis tebal (atau !): batas kritis
    { "         *" } setelah angka: melewati batas lunak;  ! melewati batas kritis
    kurva    satu jam terakhir, setengah menit per tanda
    tahap    siapkan: kedua server ditanya; ekspor: dibaca dan diteruskan;
             impor: semua terkirim, menunggu jawaban; periksa: jumlah dicek
    sisa     perkiraan terbaru, dan rentang perkiraan sepuluh menit terakhir
    token    sisa umur token sumber dan tujuan; diperbarui di setengah umurnya
    kode     `zmpace explain CODE` menjelaskan arti dan tindakannya

top-ended = run sudah berakhir; { $sum }
top-goes-on = run tetap berjalan; { $sum }

## Akhir sebuah run, dan ringkasan pagi

state-running = sedang berjalan
state-killed = mati di tengah jalan
state-finished = selesai

sum-title = Ringkasan
sum-run = run
sum-run-ended = { $id }, { $state }, { $started } sampai { $ended }, zmpace { $version }
sum-run-open = { $id }, { $state }, { $started }, zmpace { $version }
sum-done = selesai
sum-done-are = { $done } dari { $total } mailbox ({ $verified } berisi mail dan terverifikasi, { $empty } kosong)
sum-not-done = belum selesai
sum-not-done-are = { $left } belum dipindahkan ({ $bytes }), { $failed } gagal, { $incomplete } tidak lengkap
sum-too-early = terlalu dini untuk memperkirakan sisa waktunya
sum-more = masih sekitar { $span }
sum-runs = { $runs } run sepanjang ini
sum-causes = penyebab
sum-cause = { $code }: { $left } mailbox tersisa, { $attempts } percobaan; berikutnya: { $next }
sum-more-causes = dan { $more } penyebab lagi, terdaftar di bawah
sum-moved = pindah di run ini
sum-moved-is = { $items } item, { $bytes }
sum-makespan = lama migrasi
sum-makespan-is = { $span }; { $rate }/s, { $items } item/s
sum-took = waktu per mailbox
sum-took-is = { $half } (setengahnya), { $nine } (sembilan dari sepuluh), paling lama { $most }
sum-limit = limit
sum-limit-is = { $min } sampai { $max }, { $last } di akhir; { $decisions } keputusan
sum-over = melewati batas
sum-over-is = { $over } (dari { $span } yang diamati)
sum-never = tidak pernah
sum-tokens = token diperbarui
sum-tokens-are = { $source } kali di sumber, { $destination } kali di tujuan
sum-warnings = peringatan
sum-no-warnings = tidak ada
sum-more-warnings = dan { $more } lagi, terdaftar di bawah
sum-not-verified = Belum terverifikasi
sum-next = berikutnya: { $next }
sum-more-failures = dan { $more } lagi; `zmpace report --format csv` menampilkan semua mailbox

warn-running = run masih berjalan: semua angka per menit terakhirnya
warn-killed = run ini tidak punya akhir: prosesnya di-kill atau mesinnya mati; `zmpace run` melanjutkan dari sana
warn-side-lost = { $side } tidak bisa dipakai bekerja lagi, dan run menyerah
warn-closed = window ditutup sebelum semuanya pindah; `zmpace run` melanjutkan di window berikutnya
warn-refused = { $side } menolak administrator atau menunjukkan sertifikat yang tidak dipercaya, dan run menyerah
warn-failures = mailbox yang gagal lebih banyak dari yang diizinkan (--max-failures), dan run berakhir lebih awal
warn-critical = { $side } tetap kritis dengan worker paling sedikit lebih lama dari yang diizinkan (--critical-abort), dan run berakhir lebih awal; lihat apa lagi yang berjalan di sana, lalu `zmpace run`
warn-request = berakhir atas permintaan sebelum semuanya pindah; `zmpace run` melanjutkan
warn-no-minute = tidak ada catatan per menit dari run ini: beban, limit, dan jamnya tidak diketahui
warn-unread = kedua server hanya terbaca selama { $read } dari { $all } dtk: yang terjadi di antaranya tidak diketahui
warn-over = { $name } melewati batasnya selama { $seconds } dtk
warn-differ = { $mailboxes } mailbox sampai dengan perbedaan
warn-in-doubt = terverifikasi setelah percobaan yang putus, tetapi belum dilihat lagi sejak itu: { $mailboxes } mailbox; `zmpace run` melihatnya, atau `zmpace verify`
warn-space = ruang disk { $side } sudah { $share } % dari batasnya

end-accounts = { $total } mailbox: { $verified } terverifikasi, { $empty } kosong, { $incomplete } tidak lengkap, { $failed } gagal, { $waiting } belum dipindahkan
end-moved = { $items } item, { $bytes } MB dalam { $span } ({ $rate } MB/s)
end-limit = limit dari { $min } sampai { $max }, { $last } di akhir; { $decisions } keputusan
end-over = waktu di atas batas: { $over } (dari { $seconds } dtk yang diamati)
end-none = tidak ada
end-took = satu mailbox perlu { $half } dtk (setengahnya), { $nine } dtk (sembilan dari sepuluh), paling lama { $most } dtk; yang terbesar { $bytes } MB
end-more-failures = dan { $more } lagi; `zmpace status --json` menampilkan semuanya

last-words = { $how }: { $moved } dari { $total } mailbox dipindahkan, { $failed } gagal, { $incomplete } tidak lengkap, { $left } tersisa
last-done = selesai
last-closed = window ditutup
last-drained = drain atas permintaan
last-stopped = dihentikan atas permintaan
last-refused = sebuah server menolak administrator
last-failures = mailbox yang gagal lebih banyak dari yang diizinkan
last-critical = sebuah mesin tetap kritis
last-lost = menyerah pada sebuah server

hook-start = { $total } mailbox akan dipindahkan
hook-milestone = { $reached } % mailbox sudah lewat: { $done } dari { $total }

## zmpace check

check-pass = ok
check-warn = awas
check-fail = GAGAL
check-free = tidak ada yang menghalangi: zmpace run
check-warned = tidak ada yang menghalangi, { $warnings } perlu dipertimbangkan: zmpace run
check-refused = { $fails } harus diperbaiki sebelum run, { $warnings } perlu dipertimbangkan; lalu `zmpace check` lagi
check-unknown = tidak diketahui: { $why }

check-what-reached = terhubung
check-what-TLS = TLS
check-what-sign-in = login
check-what-rights = hak akses
check-what-version = versi
check-what-clock = jam
check-what-token = token
check-what-settings = pengaturan
check-what-accounts = akun
check-what-quota = kuota
check-what-mail-hosts = mail host
check-what-HTTP-threads = thread HTTP
check-what-DoS-filter = filter DoS
check-what-at-once = serentak
check-what-export-days = hari ekspor
check-what-contacts = kontak
check-what-machine = mesin
check-what-disks = disk
check-what-room = ruang
check-what-list = daftar
check-what-open-files = file terbuka
check-what-journal = jurnal
check-what-temporary = sementara

check-list-next = tulis satu alamat per baris, atau `source,target`, di dalamnya
check-settings-next = perbaiki [{ $table }] di file pengaturan, lalu `zmpace check` lagi
check-reached = { $at } menjawab dalam { $ms } ms
check-answers = { $at } menjawab
check-trust-Pinned = fingerprint-nya sama dengan yang di pengaturan
check-trust-CaFile = ditandatangani oleh CA di `ca_file`
check-trust-System = ditandatangani oleh CA yang dipercaya mesin ini
check-signed-in = { $admin } berhasil login
check-no-look = { $admin } tidak boleh melihat isi { $address }: { $cause }
check-looked = ; folder milik { $address } terbaca
check-global = { $admin } adalah administrator global{ $tried }
check-delegated = { $admin } bukan administrator global dan mungkin kekurangan hak{ $tried }
check-old = Zimbra { $version }: sebelum 8.8.6, upload kontak yang rusak bisa berputar tanpa henti
check-old-next = zmcontrol -v, dan naikkan dulu ke 8.8.15 atau lebih baru
check-no-version = jawabannya kosong
check-no-clock = server tidak memberi tahu jamnya
check-clock-look = date -u, di sini dan di sana
check-clock-next = timedatectl set-ntp true, di mesin yang salah (date -u)
check-clock = selisih paling banyak { $span } dari jam kita
check-ahead = { $span } lebih cepat dari jam kita
check-behind = { $span } lebih lambat dari jam kita
check-token = berumur { $life }; diperbarui di setengah umurnya (login kedua berhasil)
check-token-forecast = berumur { $life }, satu worker mungkin perlu { $forecast }; diperbarui di setengah umurnya (login kedua berhasil)
check-token-once = berumur { $life } dan login kedua gagal: { $cause }

check-unlisted = daftarnya tidak bisa diambil: { $cause }
check-not-compared = { $number } terdaftar, belum dibandingkan: { $why }
check-unplanned-List = daftar akun tidak bisa dibaca
check-unplanned-Source = akun di sumber belum diketahui
check-unplanned-Destination = akun di tujuan belum diketahui
check-then-again = zmpace check, setelah itu diperbaiki
check-none-moves = tidak ada satu mailbox pun yang bisa dipindahkan
check-to-move = { $number } mailbox akan dipindahkan, { $bytes }
check-accounts = { $number ->
       *[other] { $shown } akun
    }
check-and-more = { $first } dan { $more } lagi (`zmpace plan` menyebutkannya)
check-stuck-listed = { $accounts } di daftar ternyata tidak ada: { $names }
check-stuck-shut = { $accounts } berstatus maintenance: { $names }
check-stuck-missing = { $accounts } belum ada: { $names }
check-list-correct = perbaiki daftar akun, lalu `zmpace check`
check-all-there = setiap mailbox yang akan dipindahkan sudah punya akun
check-closed = { $accounts } tidak aktif ({ $status }), pemiliknya tidak bisa login: { $names }
check-quota = setiap akun punya ruang untuk isi yang akan datang
check-quota-small = { $accounts } kuotanya terlalu kecil: { $names }, akan datang { $bytes }
check-no-store = tidak ada akun yang menyebutkannya
check-one-store = semua di { $store }
check-stores = { $stores }; lewat salah satunya yang lain menjawab melalui proxy, dalam 60 s
check-stores-next = zmpace run --set { $side }.host=STORE --accounts FILE, sekali untuk setiap store

check-no-stores = tidak ada mail store yang terdaftar
check-server-silent = server tidak memberi tahu
check-threads = { $threads }, dan paling banyak { $most } transfer
check-threads-few = { $threads } di { $store }, { $serving } di antaranya untuk permintaan: { $most } transfer menyisakan terlalu sedikit bagi penggunanya
check-our-address = alamat asal kita
check-dos-own = tidak menghitung yang datang dari mesinnya sendiri
check-dos-safe = tidak mengganggu mesin ini ({ $address })
check-dos-some = sejumlah
check-dos-held = ditahan { $ms } ms
check-dos-refused = ditolak
check-dos = { $address } tidak ada di daftar alamat amannya: lebih dari { $rate } permintaan per detik akan { $fate }
check-at-once = paling banyak { $most } transfer; Zimbra melayani { $served } per akun kecuali diatur lain
check-at-once-many = sampai { $most } transfer; Zimbra membuat yang lebih dari { $served } menunggu kecuali diatur lain, dan itu tidak bisa ditanyakan
check-export-days = ekspor tidak boleh mundur lebih dari { $days } hari: mailbox utuh akan ditolak
check-export-days-next = zmprov mc default zimbraExportMaxDays 0, atau untuk satu akun: zmprov ma { $address } zimbraExportMaxDays 0
check-export-whole = ekspor boleh memuat mailbox utuh
check-no-limit = tanpa batas
check-contacts = sampai { $most } per mailbox; selebihnya ditolak satu per satu dan disebutkan

check-unwatched = tidak diamati, jadi tidak ada yang menjaga penggunanya
check-machine-unread = tidak bisa dibaca, jadi jumlah worker tidak akan bertambah: { $cause }
check-cpu = prosesor dan iowait
check-memory = memori
check-network = jaringan
check-pressure = pressure
check-counters = { $cores } core; terbaca: { $told }
check-no-pressure = { $said }; tanpa pressure (kernel sebelum 4.20, atau psi=0)
check-untold = { $said }; tidak terbaca: { $untold }
check-guards-less = { $said }, jadi penjagaannya berkurang
check-disks-next = df /opt/zimbra/store /opt/zimbra/index, di sana; lalu `watch` di [{ $table }]
check-no-disk = tidak ada yang terbaca, jadi tidak ada yang dijaga
check-disk-free = { $path } sisa { $free }
check-no-room-told = sisa ruangnya tidak terbaca
check-room-look = df -h /opt/zimbra/store, di sana
check-room = akan datang { $coming }, sisa { $free } di { $path }
check-room-next = kosongkan ruang, atau tambah volume: zmvolume -a -n NAME -t primaryMessage -p PATH

check-journal-held = run lain sedang memakai jurnal di { $folder }
check-journal-wait = zmpace status, atau tunggu sampai run itu selesai
check-system-silent = sistem tidak memberi tahu
check-files = sampai { $limit }
check-files-few = paling banyak { $limit }; { $most } worker mungkin perlu { $needed }
check-files-next = ulimit -n 4096 (di unit systemd: LimitNOFILE=4096)
check-other-state = atau pakai folder lain dengan --state-dir
check-other-tmp = atau arahkan TMPDIR ke tempat lain
check-folder-refused = tidak bisa menulis ke { $path }: { $cause }
check-folder-room = berapa sisa ruang { $path }
check-folder = { $path } bisa ditulisi, sisa { $free }
check-folder-next = df -h { $there }, kosongkan ruang, { $elsewhere }

## zmpace status, dan jawaban atas zmpace ctl dan tombol

status-running = sedang berjalan
status-idle = tidak berjalan
status-stands = { $running }: { $total } mailbox: { $verified } terverifikasi, { $empty } kosong, { $incomplete } tidak lengkap, { $failed } gagal, { $waiting } belum dipindahkan; { $moved } sudah pindah
status-more = dan { $more } lagi; --json menampilkan semuanya

order-lines = mulai sekarang batas yang baru berlaku
order-ceiling = mulai sekarang paling banyak { $most } worker
order-reread = pengaturan dibaca lagi: limit dan window yang baru berlaku mulai sekarang
order-left = pengaturan dibiarkan seperti semula: { $cause }
order-no-file = run ini tidak punya file pengaturan untuk dibaca lagi
order-too-many = paling banyak { $most } worker: begitu menurut pengaturan law.max_workers
order-paused-by-file = dijeda oleh file { $file }; hapus file itu: rm { $file }
order-pause = dijeda: yang sedang berjalan diam di antara dua item
order-resume = dilanjutkan
order-drain = drain: yang sedang berjalan diselesaikan, tidak ada yang baru dimulai; `resume` membatalkannya
order-stop = dihentikan: yang sedang berjalan berhenti di titik aman berikutnya
order-workers = mulai sekarang { $workers } worker
order-auto = jumlah worker dipilih otomatis
order-stands = { $phase }: limit { $limit }, berjalan { $flying }, diparkir { $parked }; { $left } dari { $total } mailbox belum dipindahkan
order-most = worker: paling banyak { $most }
order-decision = keputusan terakhir: { $decision }
order-no-decision = belum ada keputusan
order-gauge = { $measure } { $side }: { $value } dari { $line }

## zmpace report: apa yang sebaiknya diatur, dan alasannya

resource-Cpu = CPU
resource-Disk = disk
resource-Memory = memori
resource-Network = jaringan
resource-Response = waktu jawab
resource-Space = ruang disk

limited-by = { $resource } { $side }
limited-longest = mailbox terlama
limited-knee = satu lagi tidak membawa tambahan
limited-named = { $name } (disebut di { $times } keputusan belakangan)
limited-nothing = tidak ada mesin yang dekat batasnya
limited-settings = jumlah worker terbanyak menurut pengaturan ({ $most })
limited-waiting = menunggu (lock, round trip, atau batas di sisi server); tidak ada mesin yang dekat batasnya

threads-benchmarked = benchmark { $when }: { $workers } ({ $low } sampai { $high } dengan kepastian 95 %), { $share } % dari laju kerja terbaik di dalam batas; { $blocks } blok teracak dalam { $minutes } mnt
threads-held = tidak terukur: jumlahnya ditetapkan operator sebanyak { $number }, jadi tidak ada yang dibandingkan; `zmpace run` tanpa --workers atau `zmpace bench` bisa menjawabnya
threads-short = tidak terukur: terlalu sedikit menit dengan mailbox yang antre; `zmpace bench` mengukurnya
threads-night = tanpa benchmark: pengendali menetap di { $middle } ({ $low } sampai { $high } pada sembilan dari sepuluh menit) selama masih ada mailbox yang antre; `zmpace bench` memberi angka beserta intervalnya

faster-ran-one = run ini bekerja dengan { $least }
faster-ran = run ini bekerja dengan { $least } sampai { $most }
faster-ran-short = run ini terlalu singkat untuk menjawab
faster-unmeasured = tidak terukur: { $ran }, dan pada { $asked } tidak ada yang dibandingkan; `zmpace bench` menjawabnya
faster-none = tidak terjawab: satu worker pun tidak bertahan di dalam batas
faster-no-base = tidak terukur: jumlah yang disarankan tidak ada di kurva
faster-itself = { $asked } adalah sarannya sendiri
faster-crosses = tidak, melewati batas
faster-yes = ya
faster-slower = tidak, lebih lambat
faster-noise = tidak ada perbedaan di luar derau
faster-measured = { $verdict }: { $gain } % hasil kerja dibanding { $best } ({ $low } sampai { $high } %)
faster-line = { $answer }; { $name } akan mencapai { $share } % dari batasnya
faster-between = tidak diukur sendiri; di antara { $below } dan { $above } kurva memberi { $gain } % hasil kerja dibanding { $best }
faster-tried-crossed = { $tried }, dan sebanyak itu sudah melewati batas
faster-beyond = tidak terukur (paling banyak dicoba { $tried }); kurvanya mendatar, jadi paling bagus membawa { $gain } % dibanding { $best }

uncovered-hours = jam lain dari yang teramati, serta backup atau indexing yang tidak jatuh di jam itu
uncovered-mailboxes = mailbox yang tidak mirip dengan yang sudah pindah: banyak item kecil lebih berat daripada ukurannya
uncovered-servers = tujuan lain, disk lain, atau versi Zimbra lain
uncovered-busier = server yang dalam keadaan diam lebih sibuk daripada selama benchmark ({ $rest })
uncovered-night = apakah lebih sedikit atau lebih banyak sama cepatnya: satu malam bukan percobaan

cap-account = permintaan serentak dari satu akun
cap-account-met = pengendali tertahan di { $most } karenanya ({ $decisions } keputusan mengatakannya); Zimbra menahan yang ke-11 tanpa pesan
cap-account-free = paling banyak { $most } mailbox diizinkan serentak; Zimbra melayani { $served }
cap-account-note = dua yang pertama di kedua server; hanya berguna kalau tidak ada mesin yang dekat batasnya
cap-busy = filter DoS dan jawaban sibuk (429, 503)
cap-busy-met = { $refusals } percobaan ditolak karena terlalu banyak, { $times } kali pengendali mengalah
cap-busy-free = tidak ada server yang menolak karena terlalu banyak
cap-busy-note = di server yang menolak; setelahnya cabut lagi dengan `-zimbraHttpThrottleSafeIPs`
cap-token = umur token admin
cap-token-met = diperbarui sendiri, { $source } kali di sumber dan { $destination } kali di tujuan
cap-token-free = tidak ada token yang perlu diperbarui
cap-token-note = hanya untuk alat yang tidak memperbarui, seperti zmztozmig; token yang dibuat sebelumnya tetap pada umurnya

set-threads = thread
set-threads-range = { $number } ({ $low } sampai { $high })
set-limited = dibatasi oleh
set-limited-bench = yang membuat tambahan worker tidak membantu dalam benchmark
set-limited-night = yang paling sering disebut keputusan pengendali setelah selesai naik
set-hours = jam terbaik
set-hours-from = mulai { $hours }
set-hours-load = tanpa pekerjaan kita, prosesor server yang lebih sibuk berada di { $low } % pada jam itu, dan di { $high } % mulai { $clock }
set-hours-any = jam mana saja yang teramati
set-hours-alike = beban server sendiri berbeda kurang dari 5 poin selama { $hours } jam
set-hours-few = perlu tiga jam yang masing-masing teramati setengah jam atau lebih
set-window = kebutuhan window
set-window-none = tidak perlu
set-window-over = semua mailbox sudah sampai di keadaan akhirnya
set-window-left = { $mailboxes } mailbox, { $bytes } tersisa, dengan laju run ini
set-window-runs = { $mailboxes } mailbox, { $bytes } tersisa, dengan laju run ini; { $runs } run lagi sepanjang ini
set-window-unknown = { $mailboxes } mailbox tersisa; yang selesai terlalu sedikit untuk mengetahui lajunya
set-order = urutan
set-order-is = yang terbesar dulu, satu dari empat worker mengambil yang terkecil
set-order-longest = mailbox terlama selesai setelah yang lain semua: mulai dari situ, atau terima lamanya
set-order-short = run ini terlalu singkat untuk menyarankan yang lebih baik
set-order-waiting = sampai akhir yang diketahui masih ada mailbox yang antre
set-order-tail = tidak ada lagi yang antre selama { $minutes } mnt terakhir, { $share } % dari run: tidak ada yang besar tersisa
set-memory = memori per worker
set-memory-share = { $share } % memori { $side }
set-memory-small = bagian satu worker dari memori server terlalu kecil atau terlalu tetap untuk diketahui
set-memory-cost = satu worker memakan { $costs }
set-memory-own = zmpace sendiri memakai paling banyak { $peak }
set-memory-reserved = sampai { $most } dicadangkan di tiap server untuk satu mailbox
set-wire = format kiriman
set-wire-better = { $format } dari sumber
set-wire-now = { $source } dari sumber, { $destination } ke tujuan (menurut pengaturan sekarang)
set-wire-unmeasured = tidak dibandingkan: `zmpace bench` membandingkan tar dengan tgz
set-servers = heap dan server
set-servers-memory = memori { $side } mencapai { $value } dari { $line }: apakah heap terlalu besar di samping MariaDB dan page cache? `zmlocalconfig mailboxd_java_heap_size innodb_buffer_pool_size`
set-servers-disk = disk { $side } mencapai { $value } dari { $line }: taruh store, index, database, dan redo log di disk terpisah; `df /opt/zimbra/*`
set-servers-space = ruang disk { $side } mencapai { $value } dari { $line }: `df /opt/zimbra/*`
set-servers-answer = { $side } menjawab dalam waktu sampai { $value } dari { $line }: garbage collection? `zmlocalconfig mailboxd_java_heap_size`
set-servers-runaway = sebuah impor berjalan terus sendiri di tujuan: `zmmailboxdctl restart` di sana
set-servers-well = tidak ada yang perlu diubah
set-servers-far = tidak ada memori, disk, atau waktu jawab yang sampai 5 % dari batasnya
set-servers-unread = memori dan disk tidak terbaca cukup lama
set-servers-look = perlu diperiksa

wire-tar = sendirian, tar mengeluarkan { $tar }/s mail dari sumber, tgz { $tgz }/s: kompresi membebani sumber lebih dari yang dihemat di jaringan; tentang tujuan, yang dikirimi menurut `mover.destination_format`, ini tidak mengatakan apa-apa
wire-tgz = sendirian, tar mengeluarkan { $tar }/s mail dari sumber, tgz { $tgz }/s: jaringan lebih lambat daripada kompresi; tentang tujuan, yang dikirimi menurut `mover.destination_format`, ini tidak mengatakan apa-apa

## zmpace report: bagian dan tabel sebagai teks dan Markdown

rep-title = Laporan migrasi, run { $run }
rep-settings = Pengaturan yang disarankan
rep-setting = pengaturan
rep-value = nilai
rep-evidence = dasarnya
rep-headroom = Sisa ruang pada jumlah itu
rep-headroom-is = { $measure } { $side }: { $value } dari { $line } ({ $how }), sisa { $left } %
rep-predicted = perkiraan, { $cost } per worker
rep-highest = menit tertinggi yang teramati
rep-faster = Apakah lebih banyak lebih cepat?
rep-caps = Batas bawaan Zimbra
rep-cap-met = tercapai
rep-cap-free = tidak tercapai
rep-not-covered = Tidak tercakup
rep-not-measured = tidak terukur
rep-not-known = tidak diketahui
rep-not-seen = tidak teramati
rep-by-hour = Per jam
rep-hour = jam
rep-limit = limit
rep-done = selesai
rep-moved = pindah
rep-work = kerja
rep-work-rate = laju kerja
rep-tightest = terketat
rep-of-line = { $measure } { $side } mencapai { $share } % dari batasnya
rep-at = waktu
rep-reason = alasan
rep-account = akun
rep-state = keadaan
rep-size = ukuran
rep-expected = seharusnya
rep-verified = terverifikasi
rep-attempts = percobaan
rep-worker-time = waktu worker
rep-cause = penyebab
rep-mended = beres pada percobaan berikutnya
rep-nothing = tidak ada
rep-foremost = Yang terbesar, didahului yang belum terverifikasi.
rep-more-decisions = { $more } keputusan lagi: `zmpace report --format csv --table decisions` menampilkan semuanya.
rep-more-mailboxes = { $more } mailbox lagi: `zmpace report --format csv ` menampilkan semuanya.

box-Waiting = antre
box-InFlight = berjalan
box-Verified = terverifikasi
box-Empty = kosong
box-Incomplete = tidak lengkap
box-Failed = gagal

## zmpace report: halamannya

page-told = { $state }, { $span }; dibuat { $at } oleh zmpace { $version }
page-from-to = { $started } sampai { $ended }
page-sections = Bagian
page-charts = Grafik
page-failures = Kegagalan
page-decisions = Keputusan
page-mailboxes = Mailbox
page-done = dari { $total } mailbox selesai
page-not-well = gagal atau tidak lengkap
page-moved-in = dipindahkan dalam { $span }
page-threads = thread disarankan
page-warning = Peringatan:
page-setting = Pengaturan
page-value = Nilai
page-evidence = Dasarnya
page-number = { $number } thread
page-caps = Batas bawaan Zimbra
page-not-covered = Yang tidak tercakup
page-hour = Jam
page-limit = Limit
page-ended = Selesai
page-moved = Pindah
page-work = Kerja/s
page-cpu-source = CPU sumber
page-cpu-destination = CPU tujuan
page-nearest = Terdekat ke batasnya
page-by-cause = Kegagalan menurut penyebab
page-nothing-failed = Tidak ada yang gagal.
page-code = Kode
page-left = Mailbox tersisa
page-attempts = Percobaan
page-example = Contoh
page-next = Perintah berikutnya
page-changes-only = Hanya perubahan limit, paling banyak { $most }, dari { $all } keputusan. Semuanya:
page-after = Setelah
page-reason = Alasan
page-by-size = Menurut ukuran
page-size = Ukuran
page-class-done = Selesai
page-class-bad = Bermasalah
page-bytes = Byte
page-items = Item
page-worker-time = Waktu worker
page-one-by-one = Satu per satu
page-not-well-first = Yang bermasalah dulu, lalu menurut ukuran.
page-some-listed = { $listed } dari { $all } mailbox terdaftar: yang bermasalah dulu ({ $bad } seluruhnya), lalu yang terbesar. Selebihnya ada di jumlah di atas. Semuanya:
page-account = Akun
page-state = Keadaan
page-expected = Seharusnya
page-verified = Terverifikasi
page-rate = Laju
page-cause = Penyebab
page-json-has-all = (lengkapnya ada di JSON)

chart-limit-title = Limit dan mailbox yang berjalan
chart-limit-over-time = Limit dan mailbox yang berjalan dari waktu ke waktu
chart-limit-note = Tiap tanda adalah satu keputusan: segitiga ke atas menambah, ke bawah mengurangi, titik tetap. Arahkan penunjuk ke sana untuk alasannya; tabel di bawah menyebutkannya dengan kata-kata.
chart-limit-some = { $marked } dari { $all } ditandai, perubahan didahulukan.
chart-limit = limit
chart-in-flight = berjalan
chart-since = waktu sejak mulai, j:mm
chart-mailboxes = mailbox
chart-cpu = Prosesor
chart-disk = Disk
chart-memory = Memori
chart-of-line = dari batasnya
chart-in-use = terpakai
chart-disk-note = Ukuran disk yang paling penuh (waktu sibuk untuk disk berputar, waktu tunggu untuk lainnya) sebagai bagian dari batasnya, rata-rata satu menit.
chart-line-note = Rata-rata satu menit; batas di { $lines }. Segitiga di bawah: limit berubah.
chart-and = dan
chart-this-machine = mesin ini
chart-line = batas
chart-workers = worker
chart-work = hasil kerja per detik
chart-work-title = Hasil kerja menurut jumlah worker
chart-work-at = { $workers } worker: { $rate } ({ $low } sampai { $high })
chart-work-over = { $words }, melewati batas
chart-work-measured = Diukur oleh benchmark dalam blok teracak; pita menunjukkan interval 95 %, segitiga merah melewati batas.
chart-work-seen = Tanpa benchmark: rata-rata dari menit yang kebetulan dijalani pengendali pada tiap jumlah, dengan interval 95 %. Yang dipindahkan berbeda dari menit ke menit, jadi ini tidak membandingkan apa-apa.
chart-fitted = kurva penyesuaian
chart-interval = interval 95 %
chart-bytes = byte yang dipindahkan
chart-seconds = detik satu worker
chart-size-title = Ukuran dan lamanya
chart-size-note = { $transfers } transfer dari run ini, dikumpulkan dalam sel: makin besar titiknya, makin banyak isinya. Kedua sumbu logaritmik.
chart-transfers = { $transfers } transfer
chart-mailboxes-left = { $mailboxes } mailbox tersisa
chart-attempts = { $attempts } percobaan
chart-causes-note = Mailbox yang masih gagal atau tidak lengkap, dan percobaan dari run ini yang berakhir demikian, termasuk yang beres pada percobaan berikutnya.
chart-largest = Mailbox terbesar
chart-largest-note = { $number } mailbox terbesar dari run ini, yang terbesar di atas; ✕ percobaan yang gagal, … percobaan tanpa akhir.
chart-stretch = { $account }, { $bytes }: { $outcome }, mulai { $clock } selama { $span }
outcome-moved = dipindahkan
outcome-failed = gagal
outcome-unfinished = belum selesai

## zmpace report --compare

fact-began = mulai
fact-state = keadaan
fact-transfers = transfer selesai
fact-items = item
fact-bytes = byte
fact-makespan = lama migrasi
fact-rate = byte per detik
fact-limit = limit
fact-limit-is = { $min } sampai { $max }
fact-over = terlama lewat batas
fact-failed = percobaan gagal
test-minutes = hasil kerja per detik, per sepuluh menit
test-minutes-needed = setengah jam dari tiap run dengan mailbox yang antre
test-mailboxes = byte per detik satu worker, mailbox yang seukuran
test-mailboxes-of = byte per detik satu worker, mailbox yang seukuran ({ $classes })
test-mailboxes-needed = tiga mailbox seukuran di tiap run
test-too-little = terlalu sedikit untuk menjawab: perlu { $needed }
test-interval = { $value } % ({ $low } sampai { $high } % dengan kepastian 95 %)
test-noise = tidak ada perbedaan di luar derau: { $interval }
test-more = lebih banyak di run kedua: { $interval }
test-less = lebih sedikit di run kedua: { $interval }
runs-title = Run { $first } dibandingkan run { $second }
runs-too-little = terlalu sedikit untuk membedakan kedua run
runs-noise = tidak ada perbedaan di luar derau
runs-differ = kedua run berbeda di luar derau: { $how }
runs-same-settings = { $speed }; pengaturan pengendali sama
runs-other-settings = { $speed }; pengaturan pengendali berbeda, tanpa perbedaan yang terlihat
runs-no-cause = { $speed }; pengaturan pengendali juga berbeda, tetapi malamnya pun berbeda: ini tidak menunjukkan penyebab
runs-more-than-noise = Lebih dari derau?
runs-settings = Pengaturan yang berbeda
runs-none = tidak ada

## zmpace plan

plan-side = { $side }: mail store { $stores }; token admin berumur { $life } dan diperbarui
plan-no-classes = awas: class of service yang tidak ada di tujuan: { $classes }
plan-sum = { $free } mailbox akan dipindahkan, { $bytes } ({ $empty } di antaranya kosong); { $blocked } tidak bisa dipindahkan
plan-order = urutan: yang terbesar dulu; satu dari { $lane } worker mengambil yang terkecil
plan-forecast = perkiraan sebelum ada yang diukur: { $one } dengan satu worker, { $eight } dengan delapan
plan-smaller = dan { $more } yang lebih kecil; --json menampilkan semuanya
plan-quota = awas: { $account }: kuotanya di tujuan, { $quota } byte, terlalu kecil untuk { $bytes } byte
plan-blocked = terhalang: { $cause }
plan-correct-list = perbaiki daftar akun, lalu `zmpace run`
plan-more-blocked = dan { $more } lagi terhalang; --json menampilkan semuanya
plan-hint = petunjuk: kalau domainnya bernama lain di sana, atur { $setting }
plan-stores = awas: mailbox-nya tersebar di { $stores } mail store; lewat salah satunya yang lain menjawab melalui proxy, dengan batas waktu 60 s. Jalankan zmpace sekali untuk setiap store.
plan-token = awas: { $side }: token admin berumur { $life } dan ini mungkin perlu { $expected } dengan satu worker; token diperbarui di setengah umurnya (sudah dicoba: login kedua berhasil). Untuk memperpanjangnya, di { $side }: { $command }

nights-window = window: { $window } ({ $zone }); { $opens }
nights-every-day = setiap hari kecuali tanggal blackout
nights-open = terbuka sekarang
nights-open-for = terbuka sekarang selama { $span }
nights-opens = dibuka { $clock }
nights-opens-for = dibuka { $clock } selama { $span }
nights-never = tidak terbuka dalam dua bulan
nights-many = lebih dari dua bulan
nights-pace = malam: { $nights } dengan laju run { $run }
nights-unmeasured = malam: { $eight } dengan delapan worker, { $one } dengan satu, sebelum ada yang diukur
nights-too-long = tidak muat dalam satu malam (paling lama { $longest }): { $account } ({ $bytes }, sekitar { $forecast })
nights-more-too-long = dan { $more } lagi tidak muat dalam satu malam; --json menampilkan semuanya
nights-too-long-next = mereka mulai di window terpanjang dan berlanjut di window berikutnya; --cutoff soft membiarkannya selesai setelah window ditutup

## zmpace verify dan zmpace retry

verify-changed = berubah sementara itu { $account }: { $items } item
verify-differs = berbeda { $account }: { $items } item
verify-unverified = tidak bisa diverifikasi { $account }: { $items } item
verify-more-notes = dan { $more } lagi; --json menampilkannya
verify-sample = sampel { $share } % (--seed { $seed } menarik sampel yang sama)
verify-deep = setiap item menurut digest-nya
verify-shallow = jumlah dan ukuran setiap folder
verify-sum = { $verified } terverifikasi, { $changed } berubah sementara itu, { $differs } berbeda, { $unverified } tidak bisa diverifikasi, { $not_moved } belum dipindahkan; yang dibandingkan: { $how }

note-changed = { $side }: { $then } item ketika dipindahkan, sekarang { $now }
note-counts = { $folder }: { $here } di sumber, { $there } di tujuan
note-excess = { $folder }: { $here } di sumber, { $there } di tujuan (kelebihan)

retry-none = tidak ada yang gagal: tidak ada mailbox yang perlu dikembalikan
retry-back =
    { $number ->
       *[other] { $shown } mailbox dikembalikan
    }

## zmpace bench

bench-truth = menurut model mesin-mesin ini { $workers }
bench-workers =
    { $workers ->
       *[other] { $workers } worker
    }
bench-busy = sebuah mesin di atas 90 % dari batasnya tanpa pekerjaan kita: ulangi di jam yang lebih sepi,
bench-busy-or = atau tambahkan --busy-hour untuk jawaban yang berlaku di jam seperti itu
bench-none = tidak ada saran: satu worker pun tidak terukur di dalam semua batas
bench-alike = { $workers }: yang terukur tidak bisa dibedakan, jadi yang terkecil sama baiknya
bench-found = { $workers } (interval 95 % { $low } sampai { $high }): { $share } % dari laju kerja terbaik di dalam batas, dengan worker paling sedikit
bench-limit = pembatas: { $limiting }
bench-noise = (perbedaannya di dalam derau)
bench-at = { $name } mencapai { $share } % dari batasnya
bench-at-unsure = { $name } mencapai { $share } % dari batasnya, belum tentu di bawahnya
bench-wire = format kiriman: { $format } dari sumber ({ $reason })
bench-moved = { $accounts } mailbox, { $bytes } benar-benar dipindahkan
bench-export-only = sumber tanpa tujuan, tidak ada yang terhitung pindah
bench-import-only = mail buatan, tidak ada yang terhitung pindah
bench-circumstances = { $minutes } menit, { $blocks } blok, lalu { $why }; { $moved }; prosesor dalam keadaan diam: { $rest }

stopped-Certain = cukup pasti
stopped-Budget = waktunya habis
stopped-Critical = sebuah mesin melewati batas kritis
stopped-Busy = sebuah mesin sibuk dalam keadaan diam
stopped-NoWork = tidak ada lagi mailbox untuk mengukur
stopped-Operator = diminta berhenti

## zmpace init dan zmpace import-config; yang boleh diketik untuk ya dan tidak ada di `init-yes-no`

init-source = sumber: server asal mailbox yang dibaca
init-destination = tujuan: server tempat mailbox ditulis
init-host = nama atau alamatnya
init-port = port administrasinya
init-admin = alamat administrator, tanpa faktor kedua
init-admin-again = alamat administrator
init-password-file = file berisi password
init-password = password { $admin } (tidak ditampilkan)
init-password-there = { $file } sudah ada dan dipakai
init-password-kept = disimpan di { $file }, hanya Anda yang bisa membacanya
init-another-password = password lain
init-signed-in = ok: login ke { $host } sebagai { $admin } berhasil
init-untrusted = sertifikatnya tidak ditandatangani siapa pun yang dikenal; SHA-256 { $print }
init-compare = bandingkan di sana: { $command }
init-trust = apakah sama, dan dipercaya mulai sekarang
init-again = coba lagi
init-reach = bagaimana mesinnya dibaca
init-ssh-user = user SSH, siapa saja yang boleh membaca /proc
init-readable = ok: counter-nya bisa dibaca
init-no-answer = { $side }: tidak ada jawaban dalam { $seconds } dtk
init-machine-silent = { $side }: mesinnya tidak menjawab dalam { $seconds } dtk
init-no-control = tanpa karakter kontrol
init-a-port = angka dari 1 sampai 65535
init-one-of = salah satu dari { $words }
init-yes-no = y, t, ya, tidak
init-written = ditulis: { $path }
init-next = { $check }, { $plan }, lalu { $run }
init-no-service = service yang berjalan sebagai user { $user } tidak bisa membacanya; kalau sudah ada: { $command }
init-shared = bisa dibaca root dan group { $user } milik service: { $files }
init-not-shared = user { $user } milik service tidak bisa membacanya ({ $cause }): { $command }

import-written = ditulis: { $path } dan { $list } ({ $accounts } akun)
import-next = tulis kedua file password, lalu { $command }

zmz-no-equals = baris { $line }: tanpa `=`: zmztozmig berhenti membaca di sini dan tidak berbuat apa-apa; baris di bawahnya tetap dibaca
zmz-no-key = baris { $line }: `{ $key }` bukan kunci zmztozmig; dilewatkan
zmz-cut = baris { $line }: { $key }: zmztozmig memotong nilai di `,` atau `=` yang pertama; di sini juga
zmz-no-host = { $word }ZCSServer tidak ada: isi `host` di bawah [{ $table }]
zmz-no-admin = { $word }AdminUser tidak ada: isi `admin` di bawah [{ $table }]
zmz-no-port = { $word }AdminPort: `{ $port }` bukan port; 7071 yang dipakai
zmz-password = { $word }AdminPwd tidak disalin: install -m 600 /dev/null { $file }, lalu tulis password ke dalamnya
zmz-password-cut = { $word }AdminPwd tidak disalin: install -m 600 /dev/null { $file }, lalu tulis password ke dalamnya; zmztozmig memotongnya di `,` atau `=` yang pertama, tulislah seutuhnya
zmz-all = Accounts: zmztozmig hanya menganggap `all` polos sebagai semua; itulah maksudnya, dan dipakai
zmz-domains = Domains: zmztozmig hanya memindahkan yang terakhir; di sini semuanya dipakai
zmz-domains-idle = Domains hanya berlaku dengan Accounts=all; dilewatkan
zmz-no-accounts = Accounts tidak ada: semua akun dipakai; `accounts_file` di bawah [plan] mempersempitnya
zmz-map-blanks = DomainMap: `{ $pair }`: zmztozmig melewatinya karena meminta satu spasi; itulah maksudnya, dan dipakai
zmz-map = DomainMap: `{ $pair }` bukan `from to`; dilewatkan
zmz-reset = resolve=reset mengosongkan dulu folder di tujuan: zmpace tidak pernah menghapus; skip yang dipakai
zmz-resolve = resolve=`{ $word }` ditolak Zimbra; skip yang dipakai
zmz-threads = Threads={ $threads }: zmpace menemukan jumlahnya dari beban kedua server; `zmpace run --workers { $threads }` menetapkannya
zmz-no-number = Threads: `{ $threads }` bukan angka; dilewatkan
zmz-directories = direktori arsip dilewatkan: mail dialirkan, tidak ada yang disimpan di disk
zmz-log = LogDirectory dilewatkan: jurnal ada di `state.directory`, `--log-file` menyimpan baris-barisnya
zmz-types = types dilewatkan: zmpace membawa item segala jenis
zmz-transport = ZimbraMailTransport dilewatkan, pengiriman dialihkan dengan tangan setelah mailbox terverifikasi: zmprov ma ACCOUNT zimbraMailTransport { $transport }

what-export = ekspor
what-import = impor

## zmpace demo

demo-begins = dua server lab di loopback dengan mesin tiruan; { $accounts } akun, seed { $seed }; { $workers }; satu detik nyata adalah { $speed } dtk dari malam mereka
demo-measures = dua server lab di loopback dengan mesin tiruan; { $accounts } akun, seed { $seed }; satu detik nyata adalah { $speed } dtk dari petang mereka
demo-law = pengendali yang memilih, sampai { $most } worker
demo-workers = { $workers } worker
