# The texts an operator meets, in English. id.ftl has the same messages with the same variables; tests keep it so.
# Numbers and units are written as in logs and JSON, commands as they are typed, in every language.

## zmpace explain

explain-exit = exit code { $number }
explain-signal = ended at once by signal { $signal }
explain-signal-next = `zmpace run` goes on
explain-todo = what to do: { $next }

## Codes: what they mean, and what to do

ZP-UNREACHABLE = a server cannot be reached, or the connection broke
    .next = `curl -kI https://HOST:7071/` from this machine; the run tries again by itself
ZP-TLS = a server's certificate is not trusted
    .next = compare the fingerprint on the server, then set `fingerprints` of that side
ZP-SIGN-IN = a server refused the administrator
    .next = write the right password into that side's `password_file`; a run that waits goes on by itself
ZP-AUTH-EXPIRED = an admin token is no longer accepted, though it is fresh
    .next = nothing at first, it is renewed; if it stays, `zmcontrol status` on that server: its directory may be down
ZP-SOAP-FAULT = a server answered a request with a fault
    .next = read its words in `zmpace status`; it is tried again, then `zmpace retry`
ZP-GARBLED = an answer is not what the protocol promises
    .next = look for a proxy between zmpace and the server; it is tried again
ZP-NO-ACCOUNT = the account does not exist on that side
    .next = create it with `zmprov ca`, then `zmpace run`
ZP-ACCOUNT-SHUT = the account is in maintenance, locked or closed
    .next = `zmprov ga ACCOUNT zimbraAccountStatus`, set it active, then `zmpace retry`
ZP-BUSY = a server refused for the moment (429, 502, 503, 504 or a contended lock)
    .next = nothing: fewer workers are tried, and the mailbox again later
ZP-HTTP = a transfer was answered by an unexpected HTTP status
    .next = read the server's `mailbox.log` at that time; then `zmpace retry`
ZP-STALLED = nothing moved for too long
    .next = nothing at first; if it repeats, look for a full HTTP thread pool on that server (`zmmailboxdctl` threads)
ZP-CUT = a transfer ended before its end
    .next = nothing: what arrived is kept and the rest is sent again
ZP-ARCHIVE = an export is not a whole, sound archive
    .next = it is tried again; if it repeats, look for missing blobs: `zmblobchk` on the source
ZP-IMPORT-FAIL = the destination refused the import as a whole
    .next = read the destination's `mailbox.log`; then `zmpace retry`
ZP-QUOTA = the destination's mailbox is full
    .next = `zmprov ma ACCOUNT zimbraMailQuota 0`, then `zmpace retry --cause ZP-QUOTA`
ZP-RUNAWAY = a mailbox on the destination grows although nothing is sent
    .next = `zmmailboxdctl restart` on the destination, look at the mailbox, then `zmpace run`
ZP-TEMP-SPACE = a large item cannot be kept in a temporary file
    .next = make room where TMPDIR points, then `zmpace run`
ZP-PROGRAM = the outside program did not carry the mailbox
    .next = its last words are in the cause; try `command` under [mover] by hand for this mailbox
ZP-STOPPED = the transfer was ended on request; what was sent is stored
    .next = `zmpace run` goes on
ZP-VERIFIED = a mailbox is moved, and counts agree on both sides
    .next = nothing
ZP-DIFFERS = a mailbox is moved, but items differ
    .next = `zmpace verify --deep --accounts FILE` names the items; `zmpace retry` moves it again
ZP-BEGIN = both machines have been watched at rest; the first mailbox begins
    .next = nothing
ZP-BUSY-AT-REST = a machine is over a line while nothing of ours runs
    .next = look what else runs there, or choose another hour with `--window`
ZP-SIDE-LOST = a server cannot be worked with; everything stands still
    .next = look whether it is up; one worker tries again after growing pauses
ZP-SIDE-BACK = the server works again
    .next = nothing
ZP-PERSON-NEEDED = a server refuses the administrator; everything stands still
    .next = write the right password into that side's `password_file`; the run goes on by itself
ZP-TOO-MANY-FAILURES = more mailboxes failed than `--max-failures` allows
    .next = `zmpace status` lists them with their causes; mend those, then `zmpace retry` and `zmpace run`
ZP-SPACE-LOW = a file system is nearly full; everything stands still
    .next = make room there; the run goes on by itself
ZP-CRITICAL = a critical line was crossed; half of the workers stand still
    .next = nothing; if users suffer, `zmpace ctl pause`
ZP-STAYS-CRITICAL = a machine stays critical with the fewest workers; the run ends (`--critical-abort`)
    .next = look what else runs on that machine, then `zmpace run`
ZP-OVER-LINE = a soft line was crossed; fewer workers
    .next = nothing
ZP-SERVER-BUSY = a server said that it is busy; fewer workers for a while
    .next = nothing
ZP-MEMORY = no room in memory for one mailbox more
    .next = nothing
ZP-GUARD = one worker more would cross a line
    .next = nothing
ZP-COOL-DOWN = calm after a shrink: nothing grows for a while
    .next = nothing
ZP-CEILING = one worker more was critical a while ago
    .next = nothing
ZP-LINE = one worker more crossed a line a while ago
    .next = nothing
ZP-FEWER = one worker fewer is tried
    .next = nothing
ZP-LATE-COST = growth waits for indexing that is still to come
    .next = nothing
ZP-STALE = a sample is missing or too old; nothing grows
    .next = nothing at first; `zmpace probe` shows what can be read
ZP-DEGRADED = a machine has been unseen for long; back to what was safe
    .next = `zmpace probe` in another terminal says why it cannot be read
ZP-BLIND = a machine is still unseen; one worker less
    .next = `zmpace probe` in another terminal says why it cannot be read
ZP-TRY = one worker more is tried
    .next = nothing
ZP-CLIMB = one of the first few workers, far below every line
    .next = nothing
ZP-KEPT = the tried worker brought enough and stays
    .next = nothing
ZP-UNDONE = the tried worker did not bring enough and is taken back
    .next = nothing
ZP-KNEE = one worker more brought too little a while ago
    .next = nothing
ZP-ENOUGH = the longest mailbox ends after everything else: more workers cannot help
    .next = nothing
ZP-CAP = the most workers the settings allow
    .next = `max_workers`, or `zmpace ctl ceiling +1`; Zimbra serves ten transfers per admin account
ZP-OPERATOR = the operator said so
    .next = nothing
ZP-HOURS = the window opens, closes or is closed
    .next = nothing
ZP-TOO-LONG = nothing that is left would end before the window closes
    .next = `zmpace plan` names what fits in no night
ZP-WARM = one worker more without a trial: a benchmark measured here
    .next = nothing
ZP-RUNG = benchmark: the next number of workers is measured
    .next = nothing
ZP-MEASURED = benchmark: a number of workers was measured
    .next = nothing
ZP-BENCHMARKED = benchmark: it is over
    .next = nothing
ZP-RUN-BEGINS = a run begins
    .next = nothing
ZP-RUN-ENDS = a run has ended
    .next = `zmpace report` tells how it went
ZP-PROGRESS = where the run stands, once a minute
    .next = nothing
ZP-INTERRUPTED = mailboxes were under way when the last run ended; they go on
    .next = nothing
ZP-JOURNAL-FULL = no room for the journal; everything stands still
    .next = make room in the state folder; the run goes on by itself
ZP-JOURNAL-ROOM = the journal has room again
    .next = nothing
ZP-HOOK = somebody who should be told could not be
    .next = try the command, webhook or `sendmail` under `[hooks]` by hand
ZP-LISTENING = metrics or the page can be had at this address
    .next = nothing
ZP-OUTLET = something beside the migration is out of order: its socket, metrics, page or log
    .next = read the cause in the line; the migration goes on
ZP-UNREAD = a machine cannot be read
    .next = `zmpace probe` in another terminal says why
ZP-READ-AGAIN = a machine can be read again
    .next = nothing
ZP-READING = something about how a machine is read
    .next = nothing
ZP-UNGUARDED = a machine is not read on purpose (`reach = "none"`): nothing guards it
    .next = set `reach` of that side to "ssh" or "local"
ZP-ANSWER = the answer to an order or a signal
    .next = nothing
ZP-NOT-DONE = an order or changed settings were refused
    .next = read the cause in the line, mend it and give the order again

## Exit codes

exit-0 = all selected mailboxes are moved and verified
    .next = nothing
exit-1 = something unforeseen
    .next = read the message; run it again; if it stays, report it with the log
exit-2 = wrong usage or settings
    .next = the message names the flag or key
exit-3 = finished, some mailboxes failed
    .next = `zmpace status` lists them with their causes; mend those, `zmpace retry`, `zmpace run`
exit-4 = finished, items differ
    .next = `zmpace verify --deep --accounts FILE` names the items; `zmpace retry` moves them again
exit-5 = ended early on request or by weather
    .next = `zmpace run` again
exit-6 = refused before anything was moved: something must be mended first, another run holds the journal, or no run listens
    .next = `zmpace check` names what stands in the way with the command that mends it; `zmpace status` says whether a run is under way, `--state-dir` names another folder
exit-7 = sign-in, certificate or host key refused: needs a person
    .next = the message says what to compare or to change, then `zmpace run`
exit-8 = no room for the journal or a temporary file
    .next = `df -h`, make room, then `zmpace run`
exit-9 = there was nothing left to move (only with `--error-on-nothing`)
    .next = nothing
exit-10 = the window closed, mailboxes are left
    .next = `zmpace run` again, tomorrow or by a timer
exit-11 = a machine stayed critical with the fewest workers (only with `--critical-abort`)
    .next = look what else runs on it, then `zmpace run`
exit-12 = more mailboxes failed than `--max-failures` allows; the rest was not tried
    .next = `zmpace status`, mend the cause, `zmpace retry`, `zmpace run`

## Words

side-source = source
side-destination = destination
side-host = host
side-none = a side

measure-CpuBusy = CPU
measure-DiskUtilisation = disk
measure-WriteAwait = disk writes wait
measure-ReadAwait = disk reads wait
measure-MemoryUsed = memory
measure-SwapIn = swap-in
measure-NetworkShare = network
measure-AnswerTime = answer time
measure-SpaceUsed = disk space

phase-Preflight = preflight
phase-Settle = settling
phase-Measure = measuring
phase-Trial = trial
phase-HoldLimit = held by a line
phase-HoldKnee = held, no gain
phase-CoolDown = cooling down
phase-Degraded = degraded
phase-Tail = tail
phase-SideLost = side lost
phase-Paused = paused
phase-Pinned = pinned
phase-Shut = outside the window
phase-Draining = draining
phase-Stopping = stopping
phase-Finished = finished

unit-s = s
unit-min = min
unit-h = h
unit-d = d

day-Mon = Mon
day-Tue = Tue
day-Wed = Wed
day-Thu = Thu
day-Fri = Fri
day-Sat = Sat
day-Sun = Sun

window-Open = window open
window-Trickle = outside the window, a few workers allowed
window-Shut = outside the window
window-until = { $window } until { $clock }

class-0 = empty
class-1 = up to 1 MB
class-2 = 1 MB to 10 MB
class-3 = 10 MB to 100 MB
class-4 = 100 MB to 1 GB
class-5 = over 1 GB

## Decisions of the law; control/decision.rs has the same English for the journal, a test keeps them alike

decision-kept = { $to } kept
decision-stays = stays { $to }
decision-undone = { $from } → { $to } undone
decision-machine = { $side } { $measure } { $value } of { $line }
decision-no-machine = no machine near its line
decision-gain = work { $gain } % (needs { $needed } %)
decision-no-gain = work could not be compared, other mailboxes than before
decision-long = long
decision-next = { $cause }; next look in { $span }

rule-Begin = begins; at rest the tightest is { $machine }
rule-Begin-bare = begins
rule-BusyAtRest = waits: over the line with none of our work running, { $machine }
rule-SideLost = { $side } cannot be worked with: everything is parked
rule-SideBack = { $side } works again
rule-PersonNeeded = { $side } refuses the administrator: everything is parked until the password is changed
rule-TooManyFailures = too many mailboxes failed: the run ends
rule-SpaceLow = nearly full: { $machine }; everything is parked
rule-Critical = critical: { $machine }
rule-StaysCritical = stays critical with nothing left to shed: { $machine }; the run ends
rule-Soft = over the line: { $machine }
rule-Soft-why = over the line: { $machine }; { $why }
rule-Busy = { $side } says it is busy
rule-Admission = no room in { $side } memory for one mailbox more
rule-Guard = one more would take { $side } { $measure } to { $predicted } (limit { $line })
rule-Guard-bare = no room: { $machine }
rule-CoolDown = calm after a shrink
rule-Ceiling = one more was too many a while ago
rule-Line = one more took { $side } { $measure } over { $line } a while ago
rule-Line-bare = one more crossed a line a while ago
rule-Fewer = tries fewer; tightest: { $machine }
rule-LateCost = waits for indexing that is still to come: { $machine }
rule-Stale = no fresh sample of { $side } ({ $age } old)
rule-Stale-unread = the last sample of { $side } could not be read
rule-Stale-bare = no sample of { $side } yet
rule-Degraded = { $side } not seen for { $age }: back to what was safe
rule-Blind = { $side } not seen for { $age }: one less
rule-Climb = one more, every machine is far below its lines; tightest: { $machine }
rule-Try = tries one more; tightest: { $machine }
rule-Kept = { $gain }; tightest: { $machine }
rule-Undone = { $gain }; tightest: { $machine }
rule-Undone-bare = { $gain }: no machine is near its line, { $why }
rule-Knee = one more brought too little a while ago
rule-Knee-why = one more brought too little a while ago: { $why }
rule-Enough = the longest mailbox ends after everything else: more workers cannot help
rule-Cap = the most the settings allow
rule-Warm = one more untested, as measured by a benchmark; tightest: { $machine }
rule-Rung = benchmark goes to the next number; tightest: { $machine }
rule-Measured = measured: work of { $work } undisturbed workers; tightest: { $machine }
rule-Measured-bare = measured, but not all workers were busy: once more
rule-Benchmarked = the benchmark has measured enough: what is under way ends
rule-Hours = the window is open
rule-Hours-Shut = outside the window
rule-Hours-Draining = the window closes: what runs is finished
rule-Hours-Stopping = the window closes: what runs ends at its next safe point
rule-Hours-Paused = the window closes for a while: what runs stands still
rule-Hours-HoldLimit = outside the window: at most { $to }, under stricter lines
rule-TooLong = nothing that is left would end before the window closes
rule-Operator = the operator let it go on
rule-Operator-Paused = paused by the operator
rule-Operator-Pinned = the operator chose the number
rule-Operator-Draining = drains on request: nothing more begins
rule-Operator-Stopping = stops on request

why-Locks = time is spent waiting for locks, more workers do less
why-ServerCap = a plateau at a multiple of ten, the server's cap of ten transfers per admin account; another admin account lifts it
why-RoundTrips = time is spent waiting (round trips or a server-side cap)
why-NotOurs = { $rise } of it came without a worker more: a load that is not ours, or comes late
why-NotOurs-bare = came without a worker more: a load that is not ours, or comes late

## Lines of a run

line-sum = { $done } of { $total } mailboxes, { $failed } failed; limit { $limit }, in flight { $flying }, parked { $parked }; sent { $sent }, stored { $stored }; { $rates }
line-left = about { $span } left
line-rates = { $bytes }/s, { $items } items/s, { $mailboxes } mailboxes/h
line-verified = verified: { $items } items, { $size } in { $seconds } s
line-differs = differs: { $items } item(s); { $first }
line-interrupted = { $mailboxes } mailbox(es) were under way when the last run ended; they go on with what is there skipped
line-unguarded = { $side }: its machine is not read (reach = "none"): nothing guards it
line-more = and { $more } more warnings; `zmpace report` and `zmpace status` tell them

## The second look

ZP-SECOND-LOOK = nothing is left to move; mailboxes moved in several attempts are looked at once more before the run ends
    .next = nothing: it takes about as long as the pause before a retry
ZP-LATE-IMPORT = an import given up earlier went on unseen and came after its mailbox was verified: items are there twice
    .next = `zmpace verify --deep --accounts FILE` names the items; delete those in excess on the destination, then `zmpace run`
ZP-IN-DOUBT = a mailbox moved in several attempts is verified, but could not be looked at once more
    .next = `zmpace run` looks at it again; nothing is moved twice
line-second-look = nothing is left to move; looks once more at { $mailboxes } mailbox(es) that took several attempts
line-late-import = an earlier import came late: { $items } item(s) in excess on the destination; { $folders }
line-in-doubt = verified, but it could not be looked at once more: { $cause }

## The live screen

face-waiting-picture = waiting for the first picture of the run
face-run = run { $run }
face-counts = limit { $limit } of { $ceiling } · in flight { $flying } · parked { $parked }
face-mailboxes = mailboxes
face-mailboxes-are = { $done } of { $total }: verified { $verified }, empty { $empty }, incomplete { $incomplete }, failed { $failed }
face-retrying = to retry { $retrying }
face-moved = moved
face-moved-is = { $items } items, { $bytes } at { $rates }
face-left = left
face-left-is = about { $likely } ({ $least } to { $most })
face-unknown = not yet known
face-clocks = clocks
face-no-window = no window: always open
face-tokens = tokens { $tokens }
face-cpu = cpu
face-disk = disk
face-mem = mem
face-net = net
face-full = full
face-no-machine = no machine has been read yet
face-unread = { $machine }: not read yet
face-old = { $side }: NO SAMPLE FOR { $span }
face-flying = in flight { $number }, by { $sort }
face-flying-filtered = in flight { $number }, by { $sort }, with `{ $filter }`: { $shown }
face-account = account
face-size = size
face-sent = sent
face-rate = rate
face-stage = stage
face-time = time
face-none = none
face-waiting = waiting
face-nothing = nothing
face-empty = empty
face-backlog = waiting, by size
face-of-them = of them
face-in-flight = in flight
face-decisions = decisions
face-no-decisions = none yet: both machines are watched at rest first
face-no-problems = problems: none
face-problems = problems: { $number }, newest first
face-refused = refused: { $cause }
face-filter = filter: { $filter }_  (Enter keeps it, Esc ends it)
face-keys = p pause  +- ceiling  e explain  s sort  / filter  Enter more  ? help  { $leave }
face-drain = q drain
face-leave = q leave
face-over = the run is over

stage-prepare = prepare
stage-export = export
stage-import = import
stage-verify = verify
stage-parked = parked

sort-size = size
sort-rate = rate
sort-time = time
sort-account = account

sheet-keys = keys
sheet-stands = how things stand
sheet-sure = sure?
sheet-mailbox = mailbox
sheet-yes = y = yes, any other key = no
sheet-stop = It drains already. End what runs at its next safe point?
sheet-drain = Drain: finish what runs, start nothing more, then end?
sheet-close = any key closes this
sheet-gone = it is not in flight any more
sheet-size = { $size } (as the source states it)
sheet-sent = { $items } items, { $size }
sheet-parked = parked, at { $stage }
sheet-time = { $span }, attempt { $attempt }
sheet-help-run = q        drain: finish what runs, start nothing more, then end (asks first)
sheet-help-top = q        leave this screen; the run goes on
sheet-help =
    p        pause, and resume: what runs stands still between two items
    + -      the most workers there may be, one more or one fewer
    e        how things stand and why
    s        sort the mailboxes in flight by size, rate, time or account
    /        show only mailboxes whose address holds what you type
    Up Down  choose a mailbox;  Enter tells more of it
    Esc      forget the filter
    Ctrl-C   in a run: first drains, second stops, third ends at once

    bars     thin stroke: the soft line; thick one (or !): the critical line
    { "         *" } behind a reading: over the soft line;  ! over the critical one
    curves   the last hour, half a minute a sign
    stage    prepare: both servers are asked; export: read and sent on;
             import: all is sent, the answer is awaited; verify: counts are compared
    left     the newest forecast, and the range of the last ten minutes' ones
    tokens   what is left of the source's and the destination's; renewed at half
    codes    `zmpace explain CODE` tells what one means and what to do

top-ended = the run has ended; { $sum }
top-goes-on = the run goes on; { $sum }

## The end of a run, and the morning's summary

state-running = running
state-killed = killed
state-finished = finished

sum-title = Summary
sum-run = run
sum-run-ended = { $id }, { $state }, { $started } to { $ended }, zmpace { $version }
sum-run-open = { $id }, { $state }, { $started }, zmpace { $version }
sum-done = done
sum-done-are = { $done } of { $total } mailboxes ({ $verified } with mail verified, { $empty } empty)
sum-not-done = not done
sum-not-done-are = { $left } not yet moved ({ $bytes }), { $failed } failed, { $incomplete } incomplete
sum-too-early = too early to tell how long
sum-more = about { $span } more
sum-runs = { $runs ->
        [one] { $runs } run of this length
       *[other] { $runs } runs of this length
    }
sum-causes = causes
sum-cause = { $code }: { $left } mailboxes left, { $attempts } attempts; next: { $next }
sum-more-causes = and { $more } more causes, listed below
sum-moved = moved in this run
sum-moved-is = { $items } items, { $bytes }
sum-makespan = makespan
sum-makespan-is = { $span }; { $rate }/s, { $items } items/s
sum-took = a mailbox took
sum-took-is = { $half } (half), { $nine } (nine in ten), { $most } at most
sum-limit = limit
sum-limit-is = { $min } to { $max }, { $last } at the end; { $decisions } decisions
sum-over = over a line
sum-over-is = { $over } (of { $span } observed)
sum-never = never
sum-tokens = tokens renewed
sum-tokens-are = { $source } on the source, { $destination } on the destination
sum-warnings = warnings
sum-no-warnings = none
sum-more-warnings = and { $more } more, listed below
sum-not-verified = Not verified
sum-next = next: { $next }
sum-more-failures = and { $more } more; `zmpace report --format csv` lists every mailbox

warn-running = the run is under way: all numbers are as of its last minute
warn-killed = the run has no end: it was killed or the machine went down; `zmpace run` goes on where it was
warn-side-lost = the { $side } could not be worked with any more, and the run gave up
warn-closed = the window closed before all was moved; `zmpace run` goes on in the next one
warn-refused = the { $side } refused the administrator or showed a certificate nobody trusts, and the run gave up
warn-failures = more mailboxes failed than allowed (--max-failures), and the run ended early
warn-critical = the { $side } stayed critical with the fewest workers for longer than allowed (--critical-abort), and the run ended early; look what else runs there, then `zmpace run`
warn-request = ended on request before all was moved; `zmpace run` goes on
warn-no-minute = no minute of this run was kept: load, limits and hours are not known
warn-unread = both servers were read for { $read } of { $all } s only: what happened in between is not known
warn-over = { $name } was over its line for { $seconds } s
warn-differ = { $mailboxes } mailboxes arrived with differences
warn-space = { $side } disk space is at { $share } % of its line

end-accounts = { $total } mailboxes: { $verified } verified, { $empty } empty, { $incomplete } incomplete, { $failed } failed, { $waiting } not yet moved
end-moved = { $items } items, { $bytes } MB in { $span } ({ $rate } MB/s)
end-limit = limit from { $min } to { $max }, { $last } at the end; { $decisions } decisions
end-over = time over a line: { $over } (of { $seconds } s observed)
end-none = none
end-took = a mailbox took { $half } s (half), { $nine } s (nine in ten), { $most } s at most; the largest was { $bytes } MB
end-more-failures = and { $more } more; `zmpace status --json` lists all

last-words = { $how }: { $moved } of { $total } mailboxes moved, { $failed } failed, { $incomplete } incomplete, { $left } left
last-done = finished
last-closed = the window closed
last-drained = drained on request
last-stopped = stopped on request
last-refused = a server refused the administrator
last-failures = more mailboxes failed than allowed
last-critical = a machine stayed critical
last-lost = gave up on a server

hook-start = { $total } mailboxes to move
hook-milestone = { $reached } % of the mailboxes are through: { $done } of { $total }

## zmpace check

check-pass = pass
check-warn = warn
check-fail = FAIL
check-free = nothing stands in the way: zmpace run
check-warned = nothing stands in the way, { $warnings } to think of: zmpace run
check-refused = { $fails } to mend before a run, { $warnings } to think of; then `zmpace check` again
check-unknown = not known: { $why }

check-what-reached = reached
check-what-TLS = TLS
check-what-sign-in = sign-in
check-what-rights = rights
check-what-version = version
check-what-clock = clock
check-what-token = token
check-what-settings = settings
check-what-accounts = accounts
check-what-quota = quota
check-what-mail-hosts = mail hosts
check-what-HTTP-threads = HTTP threads
check-what-DoS-filter = DoS filter
check-what-at-once = at once
check-what-export-days = export days
check-what-contacts = contacts
check-what-machine = machine
check-what-disks = disks
check-what-room = room
check-what-list = list
check-what-open-files = open files
check-what-journal = journal
check-what-temporary = temporary

check-list-next = write one address a line, or `source,target`, into it
check-settings-next = correct [{ $table }] in the settings file, then `zmpace check` again
check-reached = { $at } answers in { $ms } ms
check-answers = { $at } answers
check-trust-Pinned = its fingerprint is the one in the settings
check-trust-CaFile = signed by the authority in `ca_file`
check-trust-System = signed by an authority this machine trusts
check-signed-in = { $admin } is let in
check-no-look = { $admin } may not look into { $address }: { $cause }
check-looked = ; the folders of { $address } were read
check-global = { $admin } is a global administrator{ $tried }
check-delegated = { $admin } is no global administrator and may lack a right{ $tried }
check-old = Zimbra { $version }: before 8.8.6 a broken upload of contacts may go round for ever
check-old-next = zmcontrol -v, and move to 8.8.15 or later first
check-no-version = the answer holds none
check-no-clock = the server does not tell its time
check-clock-look = date -u, here and there
check-clock-next = timedatectl set-ntp true, on the machine that is wrong (date -u)
check-clock = within { $span } of ours
check-ahead = { $span } ahead of ours
check-behind = { $span } behind ours
check-token = lives { $life }; renewed at half its life (a second sign-in works)
check-token-forecast = lives { $life }, one worker may take { $forecast }; renewed at half its life (a second sign-in works)
check-token-once = lives { $life } and a second sign-in fails: { $cause }

check-unlisted = they cannot be listed: { $cause }
check-not-compared = { $number } listed, not compared: { $why }
check-unplanned-List = the list of accounts cannot be read
check-unplanned-Source = the source's accounts are not known
check-unplanned-Destination = the destination's accounts are not known
check-then-again = zmpace check, when that is mended
check-none-moves = not one mailbox can be moved
check-to-move = { $number } mailboxes to move, { $bytes }
check-accounts = { $number ->
        [one] { $shown } account
       *[other] { $shown } accounts
    }
check-and-more = { $first } and { $more } more (`zmpace plan` names them)
check-stuck-listed = { $accounts } that are listed are not there: { $names }
check-stuck-shut = { $accounts } are in maintenance: { $names }
check-stuck-missing = { $accounts } are missing: { $names }
check-list-correct = correct the list of accounts, then `zmpace check`
check-all-there = each mailbox to move has its account
check-closed = { $accounts } not active ({ $status }), the owner cannot sign in: { $names }
check-quota = each account has room for what will come
check-quota-small = { $accounts } too small for what will come: { $names }, { $bytes } to come
check-no-store = no account names one
check-one-store = all on { $store }
check-stores = { $stores }; through one of them the others answer by proxy, within 60 s
check-stores-next = zmpace run --set { $side }.host=STORE --accounts FILE, once per store

check-no-stores = no mail store is listed
check-server-silent = the server does not say
check-threads = { $threads }, and at most { $most } transfers
check-threads-few = { $threads } on { $store }, { $serving } of them for requests: { $most } transfers leave its users too few
check-our-address = the address we come from
check-dos-own = does not count what comes from its own machine
check-dos-safe = leaves this machine ({ $address }) alone
check-dos-some = some
check-dos-held = held for { $ms } ms
check-dos-refused = refused
check-dos = { $address } is not among its safe addresses: beyond { $rate } requests a second one is { $fate }
check-at-once = at most { $most } transfers; Zimbra serves { $served } of one account unless told otherwise
check-at-once-many = up to { $most } transfers; Zimbra lets those beyond { $served } wait unless it was told otherwise, which it does not say
check-export-days = an export may not reach back further than { $days } days: whole mailboxes are refused
check-export-days-next = zmprov mc default zimbraExportMaxDays 0, or of one account: zmprov ma { $address } zimbraExportMaxDays 0
check-export-whole = an export may hold a whole mailbox
check-no-limit = without limit
check-contacts = up to { $most } in a mailbox; more are refused one by one and named

check-unwatched = is not watched, so nothing guards its users
check-machine-unread = cannot be read, so the number of workers would not grow: { $cause }
check-cpu = processor and iowait
check-memory = memory
check-network = network
check-pressure = pressure
check-counters = { $cores } cores; told: { $told }
check-no-pressure = { $said }; no pressure (kernel before 4.20, or psi=0)
check-untold = { $said }; not told: { $untold }
check-guards-less = { $said }, so it guards less
check-disks-next = df /opt/zimbra/store /opt/zimbra/index, there; then `watch` under [{ $table }]
check-no-disk = none is told, so none is guarded
check-disk-free = { $path } { $free } free
check-no-room-told = free space is not told
check-room-look = df -h /opt/zimbra/store, there
check-room = { $coming } to come, { $free } free on { $path }
check-room-next = make room, or add a volume: zmvolume -a -n NAME -t primaryMessage -p PATH

check-journal-held = another run is using the journal in { $folder }
check-journal-wait = zmpace status, or wait until it ends
check-system-silent = the system does not say
check-files = up to { $limit }
check-files-few = at most { $limit }; { $most } workers may need { $needed }
check-files-next = ulimit -n 4096 (in a systemd unit: LimitNOFILE=4096)
check-other-state = or name another with --state-dir
check-other-tmp = or point TMPDIR elsewhere
check-folder-refused = nothing can be written to { $path }: { $cause }
check-folder-room = how much room { $path } has
check-folder = { $path } can be written to, { $free } free
check-folder-next = df -h { $there }, make room, { $elsewhere }

## zmpace status, and answers to zmpace ctl and to keys

status-running = running
status-idle = not running
status-stands = { $running }: { $total } mailboxes: { $verified } verified, { $empty } empty, { $incomplete } incomplete, { $failed } failed, { $waiting } not yet moved; { $moved } moved
status-more = and { $more } more; --json lists all

order-lines = other lines hold from now on
order-ceiling = at most { $most } workers from now on
order-reread = settings read again: limits and windows hold from now on
order-left = the settings are left as they were: { $cause }
order-no-file = this run has no settings file to read again
order-too-many = at most { $most } workers: the setting law.max_workers says so
order-paused-by-file = paused by the file { $file }; remove it: rm { $file }
order-pause = pauses: what runs stands still between two items
order-resume = goes on
order-drain = drains: what runs is finished, nothing more begins; `resume` takes it back
order-stop = stops: what runs ends at its next safe point
order-workers = { $workers } workers from now on
order-auto = the law chooses the number of workers
order-stands = { $phase }: limit { $limit }, in flight { $flying }, parked { $parked }; { $left } of { $total } mailboxes not yet moved
order-most = workers: at most { $most }
order-decision = last decision: { $decision }
order-no-decision = no decision yet
order-gauge = { $side } { $measure }: { $value } of { $line }
