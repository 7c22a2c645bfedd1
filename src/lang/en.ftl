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
    .said = cannot reach { $host }: { $cause }
ZP-TLS = a server's certificate is not trusted
    .next = compare the fingerprint on the server, then set `fingerprints` of that side
    .said = the certificate of { $host } is not trusted ({ $cause }); its SHA-256 fingerprint is { $fingerprint }
ZP-SIGN-IN = a server refused the administrator
    .next = write the right password into that side's `password_file`; a run that waits goes on by itself
    .said = sign-in of { $admin } was refused: { $cause }
ZP-AUTH-EXPIRED = an admin token is no longer accepted, though it is fresh
    .next = nothing at first, it is renewed; if it stays, `zmcontrol status` on that server: its directory may be down
    .said = the admin token is no longer accepted
ZP-SOAP-FAULT = a server answered a request with a fault
    .next = read its words in `zmpace status`; it is tried again, then `zmpace retry`
    .said = { $request } was answered by { $code }: { $reason }
ZP-GARBLED = an answer is not what the protocol promises
    .next = look for a proxy between zmpace and the server; it is tried again
    .said = the answer to { $request } cannot be understood: { $cause }
ZP-NO-ACCOUNT = the account does not exist on that side
    .next = create it with `zmprov ca`, then `zmpace run`
    .said = there is no account { $account }
ZP-ACCOUNT-SHUT = the account is in maintenance, locked or closed
    .next = `zmprov ga ACCOUNT zimbraAccountStatus`, set it active, then `zmpace retry`
    .status = { $account } cannot be opened: its status is { $status }
    .said = { $account } cannot be opened: { $cause }
ZP-BUSY = a server refused for the moment (429, 502, 503, 504 or a contended lock)
    .next = nothing: fewer workers are tried, and the mailbox again later
    .pause = { $what } was answered by HTTP { $status }, to be tried again in { $pause } s
    .said = { $what } was answered by HTTP { $status }
ZP-HTTP = a transfer was answered by an unexpected HTTP status
    .next = read the server's `mailbox.log` at that time; then `zmpace retry`
    .said = { $what } was answered by HTTP { $status }: { $message }
ZP-STALLED = nothing moved for too long
    .next = nothing at first; if it repeats, look for a full HTTP thread pool on that server (`zmmailboxdctl` threads)
    .said = { $what } stood still for { $seconds } s
ZP-CUT = a transfer ended before its end
    .next = nothing: what arrived is kept and the rest is sent again
    .said = { $what } was cut short: { $cause }
ZP-ARCHIVE = an export is not a whole, sound archive
    .next = it is tried again; if it repeats, look for missing blobs: `zmblobchk` on the source
    .said = the archive is not sound: { $cause }
ZP-IMPORT-FAIL = the destination refused the import as a whole
    .next = read the destination's `mailbox.log`; then `zmpace retry`
    .said = the import was refused: { $code }: { $reason }
ZP-QUOTA = the destination's mailbox is full
    .next = `zmprov ma ACCOUNT zimbraMailQuota 0`, then `zmpace retry --cause ZP-QUOTA`
    .said = { $account } is over its quota; { $rejected } item(s) were not stored
ZP-RUNAWAY = a mailbox on the destination grows although nothing is sent
    .next = `zmmailboxdctl restart` on the destination, look at the mailbox, then `zmpace run`
    .said = { $account } grows by itself ({ $before } -> { $after } items with no upload running)
ZP-TEMP-SPACE = a large item cannot be kept in a temporary file
    .next = make room where TMPDIR points, then `zmpace run`
    .said = cannot keep a large item in a temporary file: { $cause }
ZP-PROGRAM = the outside program did not carry the mailbox
    .next = its last words are in the cause; try `command` under [mover] by hand for this mailbox
ZP-STOPPED = the transfer was ended on request; what was sent is stored
    .next = `zmpace run` goes on
    .said = the transfer was ended on request; what was sent is stored
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
warn-in-doubt = verified after an attempt that broke, but not looked at again since: { $mailboxes } mailboxes; `zmpace run` looks, or `zmpace verify`
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

## zmpace report: what to set, and why

resource-Cpu = cpu
resource-Disk = disk
resource-Memory = memory
resource-Network = network
resource-Response = response
resource-Space = space

limited-by = { $side } { $resource }
limited-longest = the longest mailbox
limited-knee = no gain from one more
limited-named = { $name } (named in { $times } of the later decisions)
limited-nothing = no machine was near a line
limited-settings = the most workers the settings allow ({ $most })
limited-waiting = waiting (locks, round trips or a server-side cap); no machine is near its line

threads-benchmarked = benchmark of { $when }: { $workers } ({ $low } to { $high } with 95 % certainty), { $share } % of the best work rate within the lines; { $blocks } randomised blocks in { $minutes } min
threads-held = not measured: this run was held at { $number } by the operator, so nothing was compared; `zmpace run` without --workers or `zmpace bench` would tell
threads-short = not measured: too few minutes with mailboxes waiting; `zmpace bench` measures it
threads-night = not benchmarked: the law settled at { $middle } ({ $low } to { $high } in nine minutes of ten) while mailboxes were waiting; `zmpace bench` would put a number and an interval to it

faster-ran-one = this run worked with { $least }
faster-ran = this run worked with { $least } to { $most }
faster-ran-short = this run is too short to tell
faster-unmeasured = not measured: { $ran }, and nothing was compared at { $asked }; `zmpace bench` answers it
faster-none = not answered: not even one worker stayed within the lines
faster-no-base = not measured: the curve lacks the recommended number
faster-itself = { $asked } is the recommendation itself
faster-crosses = no, it crosses a line
faster-yes = yes
faster-slower = no, slower
faster-noise = no difference beyond noise
faster-measured = { $verdict }: { $gain } % of work against { $best } ({ $low } to { $high } %)
faster-line = { $answer }; { $name } would be at { $share } % of its line
faster-between = not measured itself; between { $below } and { $above } the fitted curve gives { $gain } % of work against { $best }
faster-tried-crossed = { $tried }, and that many already crossed a line
faster-beyond = not measured (the most tried was { $tried }); the fitted curve flattens, so it could bring { $gain } % at best against { $best }

uncovered-hours = other hours than those seen, and backups or index runs that did not fall into them
uncovered-mailboxes = mailboxes unlike those moved so far: many small items cost more than their bytes tell
uncovered-servers = another destination, other disks, or another version of Zimbra
uncovered-busier = servers busier at rest than during the benchmark ({ $rest })
uncovered-night = whether fewer or more would have been as fast: a night is no experiment

cap-account = requests at once of one account
cap-account-met = the law was kept at { $most } by it ({ $decisions } decisions say so); Zimbra stalls the 11th without a word
cap-account-free = at most { $most } mailboxes were allowed at once; Zimbra serves { $served }
cap-account-note = the first two on both servers; only worth it when no machine is near a line
cap-busy = DoS filter and busy answers (429, 503)
cap-busy-met = { $refusals } attempts were refused as too many, { $times } times the law gave way
cap-busy-free = no server refused anything as too much
cap-busy-note = on the server that refused; take it back with `-zimbraHttpThrottleSafeIPs` afterwards
cap-token = life of the admin token
cap-token-met = renewed by itself, { $source } times on the source and { $destination } on the destination
cap-token-free = no token had to be renewed
cap-token-note = only for a tool that does not renew, such as zmztozmig; tokens made before keep their life

set-threads = threads
set-threads-range = { $number } ({ $low } to { $high })
set-limited = limited by
set-limited-bench = what kept more workers from helping in the benchmark
set-limited-night = what the law's decisions named most often once it had climbed
set-hours = best hours
set-hours-from = from { $hours }
set-hours-load = without our work the busier server's processors were at { $low } % then, and at { $high } % from { $clock }
set-hours-any = any of those seen
set-hours-alike = the servers' own load differed by less than 5 points over { $hours } hours
set-hours-few = three hours seen for half an hour or more are needed
set-window = window still needed
set-window-none = none
set-window-over = every mailbox has reached its last state
set-window-left = { $mailboxes } mailboxes, { $bytes } are left, at this run's pace
set-window-runs = { $mailboxes } mailboxes, { $bytes } are left, at this run's pace; { $runs } more of this run's length
set-window-unknown = { $mailboxes } mailboxes are left; too few have ended to tell a pace
set-order = order
set-order-is = largest first, one worker in four takes the smallest
set-order-longest = the longest mailbox ended after everything else: begin with it, or accept its length
set-order-short = the run is too short to tell a better one
set-order-waiting = mailboxes were waiting until the end of what is known
set-order-tail = nothing was waiting any more for the last { $minutes } min, { $share } % of the run: no large one was left over
set-memory = memory per worker
set-memory-share = { $side } { $share } % of its memory
set-memory-small = a worker's share of the servers' memory was too small or too steady to be told
set-memory-cost = one worker cost { $costs }
set-memory-own = zmpace itself took { $peak } at most
set-memory-reserved = up to { $most } reserved on each server for one mailbox
set-wire = wire format
set-wire-better = { $format } from the source
set-wire-now = { $source } from the source, { $destination } into the destination (as set now)
set-wire-unmeasured = not compared: `zmpace bench` compares tar with tgz
set-servers = heap and servers
set-servers-memory = { $side } memory reached { $value } of { $line }: is the heap too large beside MariaDB and the page cache? `zmlocalconfig mailboxd_java_heap_size innodb_buffer_pool_size`
set-servers-disk = { $side } disk reached { $value } of { $line }: store, index, database and redo log on separate disks; `df /opt/zimbra/*`
set-servers-space = { $side } space reached { $value } of { $line }: `df /opt/zimbra/*`
set-servers-answer = { $side } answered in up to { $value } of { $line }: garbage collection? `zmlocalconfig mailboxd_java_heap_size`
set-servers-runaway = an import ran on by itself on the destination: `zmmailboxdctl restart` there
set-servers-well = nothing to change
set-servers-far = no memory, disk or answer time came within 5 % of its line
set-servers-unread = memory and disks were not read long enough
set-servers-look = worth a look

wire-tar = alone, tar brings { $tar }/s of mail out of the source, tgz { $tgz }/s: compressing costs the source more than the link gains; of the destination, which is sent what `mover.destination_format` says, this tells nothing
wire-tgz = alone, tar brings { $tar }/s of mail out of the source, tgz { $tgz }/s: the link is slower than compressing; of the destination, which is sent what `mover.destination_format` says, this tells nothing

## zmpace report: sections and tables as text and as Markdown

rep-title = Migration report, run { $run }
rep-settings = Recommended settings
rep-setting = setting
rep-value = value
rep-evidence = evidence
rep-headroom = Headroom at that number
rep-headroom-is = { $side } { $measure }: { $value } of { $line } ({ $how }), { $left } % headroom
rep-predicted = predicted, { $cost } a worker
rep-highest = highest minute seen
rep-faster = Would more be faster?
rep-caps = Zimbra's caps
rep-cap-met = met
rep-cap-free = not met
rep-not-covered = Not covered
rep-not-measured = not measured
rep-not-known = not known
rep-not-seen = not seen
rep-by-hour = By hour
rep-hour = hour
rep-limit = limit
rep-done = done
rep-moved = moved
rep-work = work
rep-work-rate = work rate
rep-tightest = tightest
rep-of-line = { $side } { $measure } at { $share } % of its line
rep-at = at
rep-reason = reason
rep-account = account
rep-state = state
rep-size = size
rep-expected = expected
rep-verified = verified
rep-attempts = attempts
rep-worker-time = worker time
rep-cause = cause
rep-mended = mended by a later attempt
rep-nothing = nothing
rep-foremost = The largest, and before them those that are not verified.
rep-more-decisions = { $more } more decisions: `zmpace report --format csv --table decisions` has all.
rep-more-mailboxes = { $more } more mailboxes: `zmpace report --format csv ` has all.

box-Waiting = waiting
box-InFlight = in flight
box-Verified = verified
box-Empty = empty
box-Incomplete = incomplete
box-Failed = failed

## zmpace report: the page

page-told = { $state }, { $span }; told at { $at } by zmpace { $version }
page-from-to = { $started } to { $ended }
page-sections = Sections
page-charts = Charts
page-failures = Failures
page-decisions = Decisions
page-mailboxes = Mailboxes
page-done = of { $total } mailboxes done
page-not-well = failed or incomplete
page-moved-in = moved in { $span }
page-threads = threads recommended
page-warning = Warning:
page-setting = Setting
page-value = Value
page-evidence = Evidence
page-number = { $number } threads
page-caps = Zimbra's own caps
page-not-covered = What this does not cover
page-hour = Hour
page-limit = Limit
page-ended = Ended
page-moved = Moved
page-work = Work/s
page-cpu-source = CPU source
page-cpu-destination = CPU dest.
page-nearest = Nearest to its line
page-by-cause = Failures by cause
page-nothing-failed = Nothing failed.
page-code = Code
page-left = Mailboxes left
page-attempts = Attempts
page-example = For instance
page-next = Next command
page-changes-only = Changes of the limit only, { $most } at most, of { $all } decisions. All:
page-after = After
page-reason = Reason
page-by-size = By size
page-size = Size
page-class-done = Done
page-class-bad = Not well
page-bytes = Bytes
page-items = Items
page-worker-time = Worker time
page-one-by-one = One by one
page-not-well-first = Those that are not well first, then by size.
page-some-listed = { $listed } of { $all } mailboxes are listed: those that are not well first ({ $bad } in all), then the largest. The others are in the sums above. All:
page-account = Account
page-state = State
page-expected = Expected
page-verified = Verified
page-rate = Rate
page-cause = Cause
page-json-has-all = (the JSON has all)

chart-limit-title = Limit and mailboxes in flight
chart-limit-over-time = Limit and mailboxes in flight over time
chart-limit-note = Each mark is a decision: a triangle up grows, one down shrinks, a dot stays. Point at it for its reason; the table below has them in words.
chart-limit-some = { $marked } of { $all } are marked, changes first.
chart-limit = limit
chart-in-flight = in flight
chart-since = time since the start, h:mm
chart-mailboxes = mailboxes
chart-cpu = Processors
chart-disk = Disks
chart-memory = Memory
chart-of-line = of its line
chart-in-use = in use
chart-disk-note = Fullest disk measure (busy share of spindles, waiting time of others) as a share of its line, means of a minute.
chart-line-note = Means of a minute; lines at { $lines }. Triangles below: the limit changed.
chart-and = and
chart-this-machine = this machine
chart-line = line
chart-workers = workers
chart-work = useful work a second
chart-work-title = Useful work against workers
chart-work-at = { $workers } workers: { $rate } ({ $low } to { $high })
chart-work-over = { $words }, over a line
chart-work-measured = Measured by the benchmark in randomised blocks; the band is the 95 % interval, a red triangle is over a line.
chart-work-seen = Not benchmarked: means of the minutes the law happened to spend at each number, with 95 % intervals. What was moved differed from minute to minute, so this compares nothing.
chart-fitted = fitted curve
chart-interval = 95 % interval
chart-bytes = bytes moved
chart-seconds = seconds of a worker
chart-size-title = Size against duration
chart-size-note = { $transfers } transfers of this run, gathered in cells: the larger a dot, the more of them. Both axes are logarithmic.
chart-transfers = { $transfers } transfers
chart-mailboxes-left = { $mailboxes } mailboxes left
chart-attempts = { $attempts } attempts
chart-causes-note = Mailboxes that are left failed or incomplete, and attempts of this run that ended so, those that a later attempt mended included.
chart-largest = The largest mailboxes
chart-largest-note = The { $number } largest mailboxes of this run, largest on top; ✕ is an attempt that failed, … one without an end.
chart-stretch = { $account }, { $bytes }: { $outcome } from { $clock } for { $span }
outcome-moved = moved
outcome-failed = failed
outcome-unfinished = unfinished

## zmpace report --compare

fact-began = began
fact-state = state
fact-transfers = transfers that ended
fact-items = items
fact-bytes = bytes
fact-makespan = makespan
fact-rate = bytes a second
fact-limit = limit
fact-limit-is = { $min } to { $max }
fact-over = longest over one line
fact-failed = attempts that failed
test-minutes = useful work a second, in stretches of ten minutes
test-minutes-needed = half an hour of each run with mailboxes waiting
test-mailboxes = bytes a second of one worker, mailboxes of like size
test-mailboxes-of = bytes a second of one worker, mailboxes of like size ({ $classes })
test-mailboxes-needed = three mailboxes of like size in each run
test-too-little = too little to tell: { $needed } are needed
test-interval = { $value } % ({ $low } to { $high } % with 95 % certainty)
test-noise = no difference beyond noise: { $interval }
test-more = more in the second: { $interval }
test-less = less in the second: { $interval }
runs-title = Run { $first } against run { $second }
runs-too-little = too little to tell the two runs apart
runs-noise = no difference beyond noise
runs-differ = the runs differ beyond noise: { $how }
runs-same-settings = { $speed }; the law's settings were the same
runs-other-settings = { $speed }; the law's settings differed, without a difference that shows
runs-no-cause = { $speed }; the law's settings differed too, but so did the nights: this names no cause
runs-more-than-noise = More than noise?
runs-settings = Settings that differ
runs-none = none

## zmpace plan

plan-side = { $side }: mail stores { $stores }; admin token lives { $life } and is renewed
plan-no-classes = warning: classes of service the destination does not have: { $classes }
plan-sum = { $free } mailboxes to move, { $bytes } ({ $empty } of them empty); { $blocked } cannot be moved
plan-order = order: largest first; one worker in { $lane } takes the smallest
plan-forecast = forecast before anything is measured: { $one } with one worker, { $eight } with eight
plan-smaller = and { $more } smaller ones; --json lists all
plan-quota = warning: { $account }: its quota of { $quota } bytes on the destination is too small for { $bytes } bytes
plan-blocked = blocked: { $cause }
plan-correct-list = correct the list of accounts, then `zmpace run`
plan-more-blocked = and { $more } more are blocked; --json lists all
plan-hint = hint: if the domain has another name there, set { $setting }
plan-stores = warning: the mailboxes live on { $stores } mail stores; through one of them the others answer by proxy, with a time-out of 60 s. Run zmpace once per store.
plan-token = warning: { $side }: an admin token lives { $life } and this may take { $expected } with one worker; it is renewed at half its life (tried: a second sign-in works). To raise it, on the { $side }: { $command }

nights-window = window: { $window } ({ $zone }); { $opens }
nights-every-day = every day but the blackout dates
nights-open = open now
nights-open-for = open now for { $span }
nights-opens = opens { $clock }
nights-opens-for = opens { $clock } for { $span }
nights-never = does not open within two months
nights-many = more than two months of them
nights-pace = nights: { $nights } at the pace of run { $run }
nights-unmeasured = nights: { $eight } with eight workers, { $one } with one, before anything is measured
nights-too-long = fits in no single night (the longest is { $longest }): { $account } ({ $bytes }, about { $forecast })
nights-more-too-long = and { $more } more that fit in none; --json lists all
nights-too-long-next = they begin in the longest window and go on in the next; --cutoff soft lets them end past closing

## zmpace verify and zmpace retry

verify-changed = changed meanwhile { $account }: { $items } item(s)
verify-differs = differs { $account }: { $items } item(s)
verify-unverified = unverified { $account }: { $items } item(s)
verify-more-notes = and { $more } more; --json lists them
verify-sample = a sample of { $share } % (--seed { $seed } draws the same)
verify-deep = every item by its digest
verify-shallow = counts and sizes of every folder
verify-sum = { $verified } verified, { $changed } changed meanwhile, { $differs } differ, { $unverified } unverified, { $not_moved } not moved yet; compared: { $how }

note-changed = { $side }: { $then } items when it was moved, { $now } now
note-counts = { $folder }: { $here } on the source, { $there } on the destination
note-excess = { $folder }: { $here } on the source, { $there } on the destination (in excess)

retry-none = nothing has failed: no mailbox to put back
retry-back =
    { $number ->
        [one] { $shown } mailbox put back
       *[other] { $shown } mailboxes put back
    }

## zmpace bench

bench-truth = the model of these machines says { $workers }
bench-workers =
    { $workers ->
        [one] { $workers } worker
       *[other] { $workers } workers
    }
bench-busy = a machine is over 90 % of a line with nothing of ours running: come back in a quieter hour,
bench-busy-or = or add --busy-hour for an answer that holds for such an hour
bench-none = no recommendation: not even one worker was measured within every line
bench-alike = { $workers }: nothing measured can be told apart, so the smallest is as good as any
bench-found = { $workers } (95 % interval { $low } to { $high }): { $share } % of the best lawful work rate with the fewest workers
bench-limit = limit: { $limiting }
bench-noise = (differences are within noise)
bench-at = { $name } at { $share } % of its line
bench-at-unsure = { $name } at { $share } % of its line, not surely within
bench-wire = wire format: { $format } from the source ({ $reason })
bench-moved = { $accounts } mailboxes, { $bytes } moved for good
bench-export-only = source into nothing, nothing counts as moved
bench-import-only = made-up mail, nothing counts as moved
bench-circumstances = { $minutes } minutes, { $blocks } blocks, then { $why }; { $moved }; processors at rest: { $rest }

stopped-Certain = certain enough
stopped-Budget = its time was over
stopped-Critical = a machine crossed a critical line
stopped-Busy = a machine was busy at rest
stopped-NoWork = no mailboxes were left to measure with
stopped-Operator = it was told to stop

## zmpace init and zmpace import-config; what may be typed for yes and no stands in `init-yes-no`

init-source = source: the server mailboxes are read from
init-destination = destination: the server mailboxes are written to
init-host = its name or address
init-port = its administration port
init-admin = an administrator's address, without second factor
init-admin-again = an administrator's address
init-password-file = file with the password
init-password = password of { $admin } (not shown)
init-password-there = { $file } is there already and is used
init-password-kept = kept in { $file }, readable by you alone
init-another-password = another password
init-signed-in = ok: signed in to { $host } as { $admin }
init-untrusted = its certificate is signed by nobody known; SHA-256 { $print }
init-compare = compare it there: { $command }
init-trust = is it the same, and to be trusted from now on
init-again = try again
init-reach = how is its machine read
init-ssh-user = SSH user, any that may read /proc
init-readable = ok: its counters can be read
init-no-answer = { $side }: no answer within { $seconds } s
init-machine-silent = { $side }: its machine did not answer within { $seconds } s
init-no-control = without control characters, please
init-a-port = a number from 1 to 65535, please
init-one-of = one of { $words }, please
init-yes-no = y, n, yes, no
init-written = written: { $path }
init-next = { $check }, { $plan }, then { $run }
init-no-service = a service that runs as user { $user } cannot read it; once there is one: { $command }
init-shared = readable by root and the service's group { $user }: { $files }
init-not-shared = the service's user { $user } cannot read it ({ $cause }): { $command }

import-written = written: { $path } and { $list } ({ $accounts } accounts)
import-next = write both password files, then { $command }

zmz-no-equals = line { $line }: no `=`: zmztozmig stops reading here and does nothing; the lines below were read all the same
zmz-no-key = line { $line }: `{ $key }` is no key of zmztozmig; left out
zmz-cut = line { $line }: { $key }: zmztozmig cuts a value at the first `,` or `=`; so does this
zmz-no-host = { $word }ZCSServer is missing: set `host` under [{ $table }]
zmz-no-admin = { $word }AdminUser is missing: set `admin` under [{ $table }]
zmz-no-port = { $word }AdminPort: `{ $port }` is no port; 7071 is taken
zmz-password = { $word }AdminPwd is not copied: install -m 600 /dev/null { $file }, then write the password into it
zmz-password-cut = { $word }AdminPwd is not copied: install -m 600 /dev/null { $file }, then write the password into it; zmztozmig cut it at its first `,` or `=`, write it whole
zmz-all = Accounts: zmztozmig takes only a plain `all` for all; that was meant, and taken
zmz-domains = Domains: zmztozmig moves the last one only; here all of them are taken
zmz-domains-idle = Domains counts only with Accounts=all; left out
zmz-no-accounts = Accounts is missing: all accounts are taken; `accounts_file` under [plan] narrows that
zmz-map-blanks = DomainMap: `{ $pair }`: zmztozmig passes over it, it wants one blank; it was meant, and taken
zmz-map = DomainMap: `{ $pair }` is not `from to`; left out
zmz-reset = resolve=reset empties the destination's folders first: zmpace never deletes; skip is taken
zmz-resolve = resolve=`{ $word }` is refused by Zimbra; skip is taken
zmz-threads = Threads={ $threads }: zmpace finds the number by the load of both servers; `zmpace run --workers { $threads }` holds it fixed
zmz-no-number = Threads: `{ $threads }` is no number; left out
zmz-directories = the directories of archives are left out: mail is streamed, nothing is kept on disk
zmz-log = LogDirectory is left out: the journal is under `state.directory`, `--log-file` keeps the lines
zmz-types = types is left out: zmpace carries items of all kinds
zmz-transport = ZimbraMailTransport is left out, deliveries are switched by hand once a mailbox is verified: zmprov ma ACCOUNT zimbraMailTransport { $transport }

what-export = the export
what-import = the import

## zmpace demo

demo-begins = two lab servers on loopback with modelled machines; { $accounts } accounts, seed { $seed }; { $workers }; one real second is { $speed } s of their night
demo-measures = two lab servers on loopback with modelled machines; { $accounts } accounts, seed { $seed }; one real second is { $speed } s of their evening
demo-law = the law chooses, up to { $most } workers
demo-workers = { $workers } workers
