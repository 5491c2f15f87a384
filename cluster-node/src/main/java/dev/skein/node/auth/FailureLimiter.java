package dev.skein.node.auth;

import dev.skein.node.net.AddressGroup;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps guessing slow without locking anybody out. A token bucket of failures for each address and user, and one ten
 * times as large for each address as a whole. While a bucket has tokens, checks pass at once; when it is empty they
 * wait in line behind it: one at a time is checked, only a wrong one costs a token, and the next has to wait for a
 * token again. So who is right gets in, after a moment, and who guesses gets no further than tokens come. Thread-safe.
 *
 * <p>An IPv4 address has buckets of its own, an IPv6 address shares those of its /64, which one machine holds whole.
 * The bucket whose last failure is the oldest is forgotten when there are too many.
 */
final class FailureLimiter {
    private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    /** Tokens of an address as a whole for each one of a user there. */
    static final int ADDRESS_FACTOR = 10;
    /** Checks that may wait for one user at one address. */
    static final int LINE = 10;
    /** How long a check may wait in one line: clients give up on a CONNECT after 5 s at the earliest. */
    static final Duration PATIENCE = Duration.ofSeconds(4);

    /** Longest user name that there is. */
    private static final int USER_MAX = 128;

    private final AuthSettings settings;
    private final LongSupplier nanoClock;
    private final BiConsumer<Duration, Runnable> timer;
    private final Map<Key, Bucket> buckets;
    private int waiting;

    /** A check that wants to pass. What is called runs on the thread of {@link #enter}, of a check, or of the timer. */
    interface Check {
        /** It is to be made now; {@link Pass#over} follows. */
        void pass(Pass pass);

        /** It has to wait; one of the other two follows, or was called already. */
        void waits();

        /** It is not made: too many wait, or it has waited for too long. */
        void refused();
    }

    /** @param timer runs a task once, after a time, not on the thread that asks */
    FailureLimiter(AuthSettings settings, LongSupplier nanoClock, BiConsumer<Duration, Runnable> timer) {
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.timer = timer;
        this.buckets = new Buckets(settings.failuresAddresses());
    }

    /** Whose failures are counted together; {@code user} is null for all of an address. */
    record Key(AddressGroup addresses, @Nullable String user) {
        static Key of(InetAddress address) {
            return new Key(AddressGroup.of(address), null);
        }

        static Key of(InetAddress address, String instance, String user) {
            String name = user.length() > USER_MAX ? user.substring(0, USER_MAX) : user;
            return new Key(AddressGroup.of(address), instance + '|' + name);
        }
    }

    /** Leave to check one credential. */
    final class Pass {
        private final Key key;
        private final @Nullable Bucket line;

        private Pass(Key key, @Nullable Bucket line) {
            this.key = key;
            this.line = line;
        }

        /** Whether it was given before others failed so often that it would have to wait now. */
        boolean isStale() {
            return line == null && exhausted(key);
        }

        /** The check is made, or will not be; {@code failed} costs a token. */
        void over(boolean failed) {
            finish(this, failed);
        }
    }

    private enum Place {
        NONE_NEEDED,
        IN_LINE,
        FULL
    }

    /** Lets {@code check} pass, now or later, or refuses it. */
    void enter(Key key, Check check) {
        switch (place(key, check)) {
            case NONE_NEEDED -> check.pass(new Pass(key, null));
            case IN_LINE -> check.waits();
            case FULL -> check.refused();
        }
    }

    private synchronized Place place(Key key, Check check) {
        long now = nanoClock.getAsLong();
        Bucket bucket = buckets.get(key);
        if (bucket == null || !bucket.holdsUp(now)) {
            return Place.NONE_NEEDED;
        }
        if (bucket.line.size() >= bucket.lineMax || waiting >= settings.hashQueue()) {
            return Place.FULL;
        }
        bucket.line.add(new Waiting(check, now));
        waiting++;
        arm(bucket, now);
        return Place.IN_LINE;
    }

    /** Whether a failure is remembered that is not forgiven yet. */
    synchronized boolean hasFailed(Key key) {
        Bucket bucket = buckets.get(key);
        return bucket != null && !bucket.isForgiven(nanoClock.getAsLong());
    }

    /** Whether a check would have to wait now. */
    synchronized boolean exhausted(Key key) {
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            return false;
        }
        long now = nanoClock.getAsLong();
        if (bucket.isForgiven(now)) {
            buckets.remove(key);
        }
        return bucket.holdsUp(now);
    }

    /** Counts one failure of what does not wait in line. */
    void failed(Key key) {
        new Pass(key, null).over(true);
    }

    private void finish(Pass pass, boolean failed) {
        List<Runnable> actions = new ArrayList<>();
        synchronized (this) {
            long now = nanoClock.getAsLong();
            if (failed) {
                Bucket known = buckets.remove(pass.key); // put again below, as the newest
                Bucket bucket = known != null ? known : pass.line != null ? pass.line : new Bucket(pass.key);
                bucket.take(now);
                buckets.put(pass.key, bucket);
            }
            if (pass.line != null) {
                pass.line.checking = false;
                advance(pass.line, now, actions);
            }
        }
        actions.forEach(Runnable::run);
    }

    private void wake(Bucket bucket, long alarm) {
        List<Runnable> actions = new ArrayList<>();
        synchronized (this) {
            if (alarm != bucket.alarm) {
                return; // an earlier one took its place
            }
            bucket.armed = false;
            advance(bucket, nanoClock.getAsLong(), actions);
        }
        actions.forEach(Runnable::run);
    }

    /** Lets the head of the line pass when there is a token, refuses who has waited for too long. */
    private void advance(Bucket bucket, long now, List<Runnable> actions) {
        ArrayDeque<Waiting> line = bucket.line;
        if (!line.isEmpty() && !bucket.checking && bucket.left(now) >= 1) {
            waiting--;
            Check next = line.remove().check;
            bucket.checking = true;
            actions.add(() -> next.pass(new Pass(bucket.key, bucket)));
        }
        while (!line.isEmpty() && now - line.peek().since >= PATIENCE.toNanos()) {
            waiting--;
            actions.add(line.remove().check::refused);
        }
        arm(bucket, now);
    }

    /** Asks to be woken when the head of the line may pass or has waited for too long. */
    private void arm(Bucket bucket, long now) {
        Waiting head = bucket.line.peek();
        if (head == null) {
            return;
        }
        long patience = PATIENCE.toNanos() - (now - head.since);
        long delay = Math.max(1, bucket.checking ? patience : Math.min(patience, bucket.nanosToToken(now)));
        if (bucket.armed && bucket.alarmAt - (now + delay) <= 0) {
            return;
        }
        bucket.armed = true;
        bucket.alarmAt = now + delay;
        long alarm = ++bucket.alarm;
        timer.accept(Duration.ofNanos(delay), () -> wake(bucket, alarm));
    }

    /** How many buckets are remembered. */
    synchronized int size() {
        return buckets.size();
    }

    private record Waiting(Check check, long since) {}

    private final class Bucket {
        private final Key key;
        private final int burst;
        private final double perNano;
        private final int lineMax;
        private final ArrayDeque<Waiting> line = new ArrayDeque<>(0);
        private double tokens;
        private long since;
        private boolean checking;
        private boolean armed;
        private long alarmAt;
        private long alarm;

        Bucket(Key key) {
            int factor = key.user == null ? ADDRESS_FACTOR : 1;
            this.key = key;
            this.burst = settings.failuresBurst() * factor;
            this.perNano = settings.failuresPerSecond() * factor / NANOS_PER_SECOND;
            this.lineMax = LINE * factor;
            this.tokens = burst;
            this.since = nanoClock.getAsLong();
        }

        /** Whether a check has to wait. */
        boolean holdsUp(long now) {
            return !line.isEmpty() || checking || left(now) < 1;
        }

        boolean isForgiven(long now) {
            return line.isEmpty() && !checking && left(now) >= burst;
        }

        double left(long now) {
            return Math.min(burst, tokens + (now - since) * perNano);
        }

        void take(long now) {
            tokens = Math.max(0, left(now) - 1);
            since = now;
        }

        long nanosToToken(long now) {
            return (long) Math.ceil((1 - left(now)) / perNano);
        }
    }

    private static final class Buckets extends LinkedHashMap<Key, Bucket> {
        private final int max;

        Buckets(int max) {
            this.max = max;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Bucket> eldest) {
            return size() > max;
        }
    }
}
