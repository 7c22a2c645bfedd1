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
ZP-TLS = sertifikat server tidak dipercaya
    .next = bandingkan fingerprint-nya di server itu, lalu isi `fingerprints` untuk sisi tersebut
ZP-SIGN-IN = server menolak login administrator
    .next = tulis password yang benar di `password_file` sisi tersebut; run yang sedang menunggu berlanjut sendiri
ZP-AUTH-EXPIRED = token admin tidak diterima lagi, padahal masih baru
    .next = awalnya tidak perlu apa-apa, token diperbarui sendiri; kalau berulang, `zmcontrol status` di server itu: mungkin LDAP-nya mati
ZP-SOAP-FAULT = server menjawab permintaan dengan fault
    .next = baca pesannya di `zmpace status`; akan dicoba lagi, setelah itu `zmpace retry`
ZP-GARBLED = jawaban server tidak sesuai protokol
    .next = periksa apakah ada proxy di antara zmpace dan server; akan dicoba lagi
ZP-NO-ACCOUNT = akun tidak ada di sisi tersebut
    .next = buat dengan `zmprov ca`, lalu `zmpace run`
ZP-ACCOUNT-SHUT = akun berstatus maintenance, locked, atau closed
    .next = `zmprov ga ACCOUNT zimbraAccountStatus`, ubah ke active, lalu `zmpace retry`
ZP-BUSY = server sedang menolak untuk sementara (429, 502, 503, 504, atau lock yang diperebutkan)
    .next = tidak ada: worker dikurangi, dan mailbox itu dicoba lagi nanti
ZP-HTTP = transfer dijawab dengan status HTTP yang tidak diharapkan
    .next = baca `mailbox.log` server itu pada waktu tersebut; lalu `zmpace retry`
ZP-STALLED = terlalu lama tidak ada data yang bergerak
    .next = awalnya tidak perlu apa-apa; kalau berulang, periksa apakah thread HTTP server itu habis (thread `zmmailboxdctl`)
ZP-CUT = transfer terputus sebelum selesai
    .next = tidak ada: yang sudah sampai disimpan, sisanya dikirim lagi
ZP-ARCHIVE = hasil ekspor bukan arsip yang utuh dan sehat
    .next = akan dicoba lagi; kalau berulang, cari blob yang hilang: `zmblobchk` di sumber
ZP-IMPORT-FAIL = tujuan menolak seluruh impor
    .next = baca `mailbox.log` di tujuan; lalu `zmpace retry`
ZP-QUOTA = mailbox di tujuan sudah penuh
    .next = `zmprov ma ACCOUNT zimbraMailQuota 0`, lalu `zmpace retry --cause ZP-QUOTA`
ZP-RUNAWAY = mailbox di tujuan terus membesar padahal tidak ada yang dikirim
    .next = `zmmailboxdctl restart` di tujuan, periksa mailbox itu, lalu `zmpace run`
ZP-TEMP-SPACE = item besar tidak bisa disimpan di file sementara
    .next = kosongkan ruang di lokasi TMPDIR, lalu `zmpace run`
ZP-PROGRAM = program luar tidak memindahkan mailbox itu
    .next = kata-kata terakhirnya ada di penyebab; coba jalankan `command` di [mover] secara manual untuk mailbox ini
ZP-STOPPED = transfer dihentikan atas permintaan; yang sudah terkirim tersimpan
    .next = `zmpace run` melanjutkan
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
