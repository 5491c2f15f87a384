package dev.skein.loadtest.load;

import dev.skein.loadtest.mqtt.Payload;
import dev.skein.loadtest.mqtt.Protocol;
import dev.skein.loadtest.mqtt.PublishTemplate;
import dev.skein.loadtest.mqtt.Transport;
import dev.skein.loadtest.process.ProcessProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run with messages, from the first connection to the last check. Use once, from one thread. */
public final class MessageRun {
    /** Stragglers are given up when nothing came for this long. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long STALL_CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Target target;
    private final MessageSettings settings;
    private final int run;
    private final Progress progress;
    private final Ticker ticker;
    private final List<Loop> loops = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Schedule> schedules = new ArrayList<>();
    private final @Nullable ProcessWatch broker;
    private final ProcessWatch tester = new ProcessWatch(ProcessProbe.self());
    private final Sampler sampler;
    private @Nullable GroupCheck shared;

    /**
     * Prepares a run.
     *
     * @param run number that tells this run's messages from another's
     * @param stop set by anyone to end the run early
     */
    public MessageRun(Target target, MessageSettings settings, int run, Progress progress, AtomicBoolean stop) {
        if (!target.options().protocol().isMqtt5() && !settings.properties().isEmpty()) {
            throw new IllegalArgumentException("properties of messages: given (expected: MQTT version 5)");
        }
        this.target = target;
        this.settings = settings;
        this.run = run;
        this.progress = progress;
        this.ticker = new Ticker(stop);
        this.broker = target.brokerPid().isPresent()
                ? new ProcessWatch(ProcessProbe.of(target.brokerPid().getAsLong()))
                : null;
        this.sampler = new Sampler(progress, broker, tester);
    }

    /** Connects, sends, checks, cleans up. */
    public MessageResult run() {
        try (Transport transport =
                Transport.start(target.threads(), target.brokers(), target.sources(), target.tls())) {
            transport.loops().forEach(executor -> loops.add(new Loop(executor)));
            Fleet fleet = new Fleet(transport, loops, target.mostPending());
            populate(fleet);
            List<Client> clients = new ArrayList<>(subscribers);
            clients.addAll(publishers);
            ticker.everySecond(() -> {
                sample("connect", fleet);
                Connections now = fleet.connections(clients.size());
                progress.connecting(now.opened(), now.failed(), now.asked());
            });
            fleet.open(clients, target.options(), settings.connectRate(), ticker, true);
            Connections opened = fleet.connections(clients.size());
            RunClock clock = opened.opened() == clients.size() && !ticker.stopped() ? drive(fleet) : null;
            progress.done();
            MessageResult result = collect(fleet, clients.size(), clock);
            fleet.close(ticker);
            if (!target.options().clean() && !settings.keepSessions()) {
                discardSessions(transport, clients);
            }
            return result;
        }
    }

    private void populate(Fleet fleet) {
        Topology topology = settings.topology();
        GroupCheck group = settings.shared() ? new GroupCheck(topology.publishers()) : null;
        shared = group;
        String root = settings.topicPrefix() + "/" + RunNames.hex(run);
        if (settings.openLoop()) {
            loops.forEach(loop -> schedules.add(new Schedule(loop, topology.publishers(), settings.rate())));
        }
        DeliveryWindow.Share[][] shares = new DeliveryWindow.Share[loops.size()][topology.publishers()];
        for (int p = 0; p < topology.publishers(); p++) {
            int at = topology.publisherLoop(p, loops.size());
            DeliveryWindow deliveries = settings.waitsForDeliveries() ? new DeliveryWindow() : null;
            Schedule schedule = settings.openLoop() ? schedules.get(at) : null;
            Publisher publisher = new Publisher(
                    loops.get(at),
                    fleet,
                    target.clientPrefix() + "p" + p,
                    p,
                    settings,
                    template(topology.topic(root, p), p),
                    deliveries,
                    schedule);
            publishers.add(publisher);
            if (schedule != null) {
                schedule.add(publisher);
            }
            if (deliveries != null) {
                share(publisher, deliveries, shares);
            }
        }
        for (int s = 0; s < topology.subscribers(); s++) {
            int at = settings.subscriberLoop(s, loops.size());
            subscribers.add(new Subscriber(
                    loops.get(at),
                    fleet,
                    target.clientPrefix() + "s" + s,
                    s,
                    settings,
                    root,
                    run,
                    settings.waitsForDeliveries() ? shares[at] : null,
                    group));
        }
    }

    private PublishTemplate template(String topic, int publisher) {
        Protocol protocol = target.options().protocol();
        return protocol.isMqtt5()
                ? PublishTemplate.ofMqtt5(
                        topic,
                        settings.qos(),
                        Payload.body(run, publisher, settings.size()),
                        settings.properties(),
                        protocol.topicAliases())
                : PublishTemplate.of(topic, settings.qos(), run, publisher, settings.size());
    }

    /** Gives every loop that has subscribers of {@code publisher} its share of the delivery window. */
    private void share(Publisher publisher, DeliveryWindow deliveries, DeliveryWindow.Share[][] shares) {
        Topology topology = settings.topology();
        int[] receivers = new int[loops.size()];
        int group = publisher.number() % topology.groups();
        if (settings.shared()) {
            receivers[settings.subscriberLoop(0, loops.size())] = 1; // whichever member it is
        } else {
            for (int s = group; s < topology.subscribers(); s += topology.groups()) {
                receivers[topology.subscriberLoop(s, loops.size())]++;
            }
        }
        for (int at = 0; at < receivers.length; at++) {
            if (receivers[at] > 0) {
                shares[at][publisher.number()] =
                        deliveries.share(loops.get(at), publisher, receivers[at], settings.window());
            }
        }
    }

    private RunClock drive(Fleet fleet) {
        RunClock clock = new RunClock(
                System.nanoTime(),
                settings.warmup().toNanos(),
                settings.duration().toNanos());
        sample("connect", fleet);
        start(clock);
        ticker.everySecond(() -> line("warm-up", clock.start(), clock.from(), fleet));
        ticker.await(clock.from(), () -> false);
        watches(ProcessWatch::start);
        sample("warm-up", fleet);
        ticker.everySecond(() -> line("measuring", clock.from(), clock.to(), fleet));
        ticker.await(clock.to(), () -> false);
        clock.stopAt(System.nanoTime());
        watches(ProcessWatch::end);
        sample("measuring", fleet);
        long end = clock.to() + settings.drain().toNanos();
        ticker.everySecond(() -> line("draining", clock.to(), end, fleet));
        drain();
        sample("draining", fleet);
        return clock;
    }

    private void start(RunClock clock) {
        for (Subscriber subscriber : subscribers) {
            subscriber.loop().executor().execute(() -> subscriber.start(clock));
        }
        for (int i = 0; i < schedules.size(); i++) {
            Schedule schedule = schedules.get(i);
            loops.get(i).executor().execute(() -> schedule.start(clock));
        }
        for (Loop loop : loops) {
            loop.keepAlive(target.options().keepAliveSeconds());
            List<Publisher> own =
                    publishers.stream().filter(p -> p.loop() == loop).toList();
            loop.executor().execute(() -> own.forEach(publisher -> publisher.start(clock)));
            if (settings.waitsForDeliveries()) {
                loop.every(STALL_CHECK_NANOS, () -> own.forEach(publisher -> publisher.checkStall(System.nanoTime())));
            }
        }
    }

    /** Waits for what is still under way. */
    private void drain() {
        loops.forEach(loop -> loop.ask(() -> true)); // no publisher is in the middle of a batch any more
        long copies = settings.copies();
        long end = System.nanoTime() + settings.drain().toNanos();
        boolean moving = true;
        while (moving && !arrived(copies) && System.nanoTime() - end < 0) {
            long before = sum(stats -> stats.delivered) + sum(stats -> stats.acknowledged);
            long quiet = Math.min(end, System.nanoTime() + QUIET_NANOS);
            ticker.awaitAnyway(
                    quiet,
                    () -> arrived(copies)
                            || sum(stats -> stats.delivered) + sum(stats -> stats.acknowledged) != before);
            moving = sum(stats -> stats.delivered) + sum(stats -> stats.acknowledged) != before;
        }
    }

    private boolean arrived(long copies) {
        long sent = sum(stats -> stats.sent);
        return sum(stats -> stats.distinct) >= sent * copies
                && (settings.qos() == 0 || sum(stats -> stats.acknowledged) >= sent);
    }

    private void line(String phase, long begun, long ends, Fleet fleet) {
        sample(phase, fleet);
        progress.messages(phase, (System.nanoTime() - begun) / 1e9, (ends - begun) / 1e9);
    }

    private void sample(String phase, Fleet fleet) {
        sampler.sample(
                phase,
                sum(stats -> stats.sent),
                sum(stats -> stats.delivered),
                fleet.connections(publishers.size() + subscribers.size()),
                fleet.readyNow(),
                merge(LoopStats::takeInterval));
    }

    private MessageResult collect(Fleet fleet, int clients, @Nullable RunClock clock) {
        double seconds = clock == null ? 0 : Math.max(0, clock.to() - clock.from()) / 1e9;
        MessageResult.Checks checks = checks();
        Histogram latency = merge(LoopStats::latencies);
        return new MessageResult(
                settings,
                seconds,
                sum(stats -> stats.sentMeasured),
                sum(stats -> stats.deliveredMeasured),
                Latency.of(latency),
                checks,
                fleet.connections(clients),
                clock == null || !settings.openLoop() ? null : schedule(clock, seconds),
                broker == null ? null : broker.use(),
                tester.use(),
                sampler.timeline(latency),
                members());
    }

    private MessageResult.Checks checks() {
        long[] sent = new long[publishers.size()];
        long unacknowledged = 0;
        for (Publisher publisher : publishers) {
            sent[publisher.number()] = publisher.loop().ask(publisher::sent);
            unacknowledged += publisher.loop().ask(publisher::unacknowledged);
        }
        long lost = 0;
        long duplicates = 0;
        long orderBreaks = 0;
        GroupCheck group = shared;
        if (group != null) {
            Loop loop = subscribers.getFirst().loop();
            lost = loop.ask(() -> lost(group, sent));
            duplicates = loop.ask(group::duplicates);
        }
        for (Subscriber subscriber : group == null ? subscribers : List.<Subscriber>of()) {
            lost += subscriber.loop().ask(() -> lost(subscriber, sent));
            duplicates += subscriber.loop().ask(() -> subscriber.check().duplicates());
            orderBreaks += subscriber.loop().ask(() -> subscriber.check().orderBreaks());
        }
        return new MessageResult.Checks(
                sum(stats -> stats.sent),
                sum(stats -> stats.delivered),
                lost,
                duplicates,
                orderBreaks,
                unacknowledged,
                sum(stats -> stats.foreign),
                sum(stats -> stats.violations),
                sum(stats -> stats.stalls));
    }

    private static long lost(GroupCheck group, long[] sent) {
        long lost = 0;
        for (int i = 0; i < sent.length; i++) {
            lost += group.lost(i, sent[i]);
        }
        return lost;
    }

    private MessageResult.@Nullable Members members() {
        return settings.shared()
                ? MessageResult.Members.of(subscribers.stream()
                        .mapToLong(subscriber -> subscriber.loop().ask(subscriber::received))
                        .toArray())
                : null;
    }

    private long lost(Subscriber subscriber, long[] sent) {
        long lost = 0;
        int sources = settings.topology().sources(subscriber.number());
        for (int i = 0; i < sources; i++) {
            int publisher = settings.topology().publisherAt(subscriber.number(), i);
            lost += subscriber.check().lost(i, sent[publisher]);
        }
        return lost;
    }

    private ScheduleKept schedule(RunClock clock, double seconds) {
        for (int i = 0; i < schedules.size(); i++) {
            Schedule schedule = schedules.get(i);
            loops.get(i).ask(() -> {
                schedule.advance(clock.to());
                return true;
            });
        }
        long unsent = 0;
        for (Publisher publisher : publishers) {
            unsent += publisher.loop().ask(() -> publisher.due() - publisher.sent());
        }
        Histogram late = merge(LoopStats::latenesses);
        double reached = seconds == 0 ? 0 : sum(stats -> stats.sentMeasured) / seconds;
        return ScheduleKept.ofMessages(
                settings.rate(),
                reached,
                sum(stats -> stats.sent),
                unsent,
                late.getValueAtPercentile(99),
                late.getMaxValue());
    }

    /** A clean CONNECT of each client removes what the run left in the broker [MQTT-3.1.2-6]. */
    private void discardSessions(Transport transport, List<Client> clients) {
        Fleet sweepers = new Fleet(transport, loops, target.mostPending());
        List<Client> idle = new ArrayList<>();
        for (Client client : clients) {
            idle.add(new Client.Idle(client.loop(), sweepers, client.clientId()));
        }
        Ticker unstoppable = new Ticker(new AtomicBoolean());
        sweepers.open(idle, target.options().cleaned(), settings.connectRate(), unstoppable, false);
        sweepers.close(unstoppable);
    }

    private void watches(Consumer<ProcessWatch> action) {
        action.accept(tester);
        if (broker != null) {
            action.accept(broker);
        }
    }

    private long sum(Function<LoopStats, AtomicLong> counter) {
        ToLongFunction<Loop> read = loop -> counter.apply(loop.stats()).get();
        return loops.stream().mapToLong(read).sum();
    }

    private Histogram merge(Function<LoopStats, Histogram> part) {
        Histogram all = LoopStats.histogram();
        for (Loop loop : loops) {
            all.add(loop.ask(() -> part.apply(loop.stats())));
        }
        return all;
    }
}
