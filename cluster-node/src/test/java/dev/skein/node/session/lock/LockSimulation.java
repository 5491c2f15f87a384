package dev.skein.node.session.lock;

import dev.skein.node.session.lock.SimulatedConnection.Phase;
import dev.skein.persistence.api.SessionKey;
import dev.skein.persistence.api.StoredSession;
import dev.skein.protocol.message.SessionTerm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One client ID in a world where everything that can happen at any moment does: claims, answers, deadlines and the
 * words of connections that are gone cross in every order, messages are repeated and lost, nodes stall and are lost,
 * the store fails, and the session's actor moves.
 */
final class LockSimulation implements LockContext {
    static final long HERE = 1;
    private static final SessionKey KEY = new SessionKey("i", "c");
    private static final int CONNECTIONS_MAX = 5;
    private static final int SWEEPS = 10;
    private static final int QUIET_ROUNDS = 3_000;
    private static final int TRACE = 60;
    static final Duration SETTINGS_EXPIRY = Duration.ofMinutes(10);

    private final SplittableRandom random;
    private final List<Message> wire = new ArrayList<>();
    private final List<SimulatedConnection> connections = new ArrayList<>();
    private final TreeSet<Long> nodes = new TreeSet<>(List.of(HERE, 2L, 3L));
    private final Set<Long> stalled = new HashSet<>();
    private final ArrayDeque<Object> trace = new ArrayDeque<>();
    private final LockRules rules = new LockRules(this);
    private @Nullable SimulatedActor actor;
    private final Set<Long> waitingWills = new HashSet<>();
    private @Nullable StoredSession stored;
    private boolean formerWills;
    private boolean quiet;
    private long nanos;
    private long numbers = HERE + 2;

    /** On its way to a node, or to the session or the store, for which {@code node} is 0. */
    private record Message(long node, String text, Runnable delivery) {}

    LockSimulation(SplittableRandom random) {
        this.random = random;
    }

    /** Runs {@code steps} steps, then lets everything come to rest and checks who holds the client ID. */
    void run(int steps) {
        try {
            for (int i = 0; i < steps; i++) {
                step();
                rules.check(actor);
            }
            comeToRest();
            end();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(e.getMessage() + "\n  " + text(), e);
        }
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1 -> connect();
            case 2, 3 -> pass(random.nextInt(1500));
            case 4 -> anyConnection(each -> end(each, random.nextBoolean()));
            case 5 -> anyConnection(each -> claim(each));
            case 6 -> anyConnection(each -> toSession("change of " + each, each.change()));
            case 7 -> rare();
            case 8 -> toSession("question", new Input.Asked(new Question() {}));
            case 9 -> stale();
            default -> deliver();
        }
    }

    private void rare() {
        switch (random.nextInt(8)) {
            case 0 -> loseNode();
            case 1 -> stalled.add(1 + random.nextLong(numbers));
            case 2 -> stalled.clear();
            case 3 -> toSession("expiry", new Input.ExpiryDue(millis() - random.nextInt(3000)));
            case 4 -> toSession("stop", new Input.StopAsked());
            case 5 -> formerWills = false; // a look into the store has found none
            case 6 -> pass(random.nextInt(400_000));
            default -> {
                if (!wire.isEmpty()) {
                    int which = random.nextInt(wire.size());
                    if (!(wire.get(which).delivery() instanceof SimulatedActor.Unlosable)) {
                        note("lost: " + wire.remove(which).text());
                    }
                }
            }
        }
    }

    private void connect() {
        if (connections.stream().filter(SimulatedConnection::isOpen).count() < CONNECTIONS_MAX) {
            long node = new ArrayList<>(nodes).get(random.nextInt(nodes.size()));
            var made = new SimulatedConnection(++numbers, node, anyTerm(), random.nextInt(3) > 0, anyOwner());
            connections.add(made);
            claim(made);
        }
    }

    private SessionTerm anyTerm() {
        boolean cleanStart = random.nextInt(3) == 0;
        return switch (random.nextInt(6)) {
            case 0, 1 -> SessionTerm.ofCleanSession(cleanStart);
            case 2 -> new SessionTerm(cleanStart, 0);
            case 3 -> new SessionTerm(cleanStart, SessionTerm.NEVER);
            default -> new SessionTerm(cleanStart, 1 + random.nextInt(100));
        };
    }

    /** Most are of one identity; some are of another, and some ask for none. */
    private @Nullable String anyOwner() {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> "bob";
            default -> "alice";
        };
    }

    private void anyConnection(Consumer<SimulatedConnection> what) {
        List<SimulatedConnection> open =
                connections.stream().filter(SimulatedConnection::isOpen).toList();
        if (!open.isEmpty()) {
            what.accept(open.get(random.nextInt(open.size())));
        }
    }

    /** What a connection said that may be gone for long arrives now, or once more. */
    private void stale() {
        if (!connections.isEmpty()) {
            var of = connections.get(random.nextInt(connections.size()));
            switch (random.nextInt(4)) {
                case 0 -> claim(of);
                case 1 -> toSession("change of " + of, of.change());
                case 2 -> toSession("answer of " + of, new Input.Probed(of.id(), of.isOpen(), of.disconnected));
                default -> {
                    if (!of.isOpen()) {
                        toSession("detach of " + of, new Input.Detached(of.id(), null, random.nextBoolean()));
                    }
                }
            }
        }
    }

    void claim(SimulatedConnection of) {
        Claim claim = of.claim();
        send(0, "claim of " + of, () -> actor().on(new Input.Claimed(claim)));
    }

    private void toSession(String text, Input input) {
        send(0, text, () -> actor().on(input));
    }

    void send(long node, String text, Runnable delivery) {
        wire.add(new Message(node, text, delivery));
    }

    private void deliver() {
        if (!wire.isEmpty()) {
            int which = random.nextInt(wire.size());
            Message message = wire.get(which);
            if (!stalled.contains(message.node())) {
                wire.remove(which);
                note(message.text());
                message.delivery().run();
            }
        }
    }

    private void end(SimulatedConnection of, boolean disconnected) {
        of.phase = Phase.CLOSED;
        of.disconnected |= disconnected;
        boolean waits = of.session != 0 && random.nextInt(4) == 0;
        if (waits) {
            waitingWills.add(of.id());
        }
        Long expiry = random.nextInt(4) == 0 ? random.nextLong(60) : null;
        toSession("detach of " + of, new Input.Detached(of.id(), expiry, waits));
    }

    /** A connection hears something of its session. */
    void tell(Connection to, String what, Consumer<SimulatedConnection> reaction) {
        if (nodes.contains(to.node())) {
            SimulatedConnection connection = (SimulatedConnection) to;
            send(to.node(), what + " to " + to, () -> reaction.accept(connection));
        }
    }

    void granted(SimulatedConnection connection, long session) {
        if (connection.phase == Phase.CLAIMING) {
            connection.phase = Phase.HOLDING;
            connection.session = session;
        } else if (session != 0) {
            resumed(connection);
        }
    }

    /** Its node says so when it is gone. */
    void resumed(SimulatedConnection connection) {
        if (!connection.isOpen()) {
            toSession("detach of " + connection, new Input.Detached(connection.id(), null, true));
        }
    }

    /** Wills that waited are forgotten or published. */
    void willsSettled() {
        waitingWills.clear();
    }

    void refused(SimulatedConnection connection) {
        if (connection.phase == Phase.CLAIMING) {
            end(connection, false);
        } else if (connection.phase == Phase.HOLDING) {
            claim(connection);
        }
    }

    void evicted(SimulatedConnection connection) {
        if (connection.isOpen()) {
            end(connection, random.nextBoolean());
        }
    }

    void reclaimed(SimulatedConnection connection) {
        if (connection.isOpen()) {
            claim(connection);
        }
    }

    void probed(SimulatedConnection connection) {
        if (connection.isOpen()) {
            boolean alive = quiet || random.nextInt(4) > 0;
            toSession("alive " + alive + ": " + connection, new Input.Probed(connection.id(), alive, false));
            if (!alive) {
                end(connection, false);
            }
        } else if (connection.disconnected && random.nextBoolean()) {
            toSession("disconnected: " + connection, new Input.Probed(connection.id(), false, true));
            toSession("detach of " + connection, new Input.Detached(connection.id(), null, true));
        } else {
            toSession("detach of " + connection, new Input.Detached(connection.id(), null, true));
        }
    }

    /** What a node says of the client. */
    @Nullable
    Claim held(long node) {
        return connections.stream()
                .filter(each -> each.node() == node && each.phase == Phase.HOLDING)
                .findFirst()
                .map(SimulatedConnection::held)
                .orElse(null);
    }

    private void loseNode() {
        long lost = nodes.last();
        if (lost != HERE) {
            note("node " + lost + " is lost");
            nodes.remove(lost);
            nodes.add(++numbers);
            formerWills = true;
            connections.stream().filter(each -> each.node() == lost).forEach(each -> each.phase = Phase.CLOSED);
        }
    }

    private void pass(long millis) {
        nanos += Duration.ofMillis(millis).toNanos();
        SimulatedActor now = actor;
        if (now != null && random.nextInt(4) > 0) { // timers may be late
            now.wake();
        }
    }

    private SimulatedActor actor() {
        SimulatedActor now = actor;
        if (now == null) {
            note("a new actor");
            now = new SimulatedActor(this, rules, ++numbers);
            actor = now;
            now.start(random.nextBoolean());
        }
        return now;
    }

    void stopped() {
        rules.stopped();
        actor = null;
    }

    boolean isCurrent(SimulatedActor of) {
        return actor == of;
    }

    private void comeToRest() {
        quiet = true;
        stalled.clear();
        for (int i = 0; i < QUIET_ROUNDS && !(wire.isEmpty() && noneClaims()); i++) {
            if (wire.isEmpty()) {
                connections.stream().filter(SimulatedConnection::isOpen).forEach(this::claim);
                pass(1000);
            }
            deliver();
            if (i % 8 == 0) {
                pass(200);
            }
            rules.check(actor);
        }
        rules.check(noneClaims(), "every claim is answered");
        connections.stream().filter(SimulatedConnection::isOpen).forEach(this::claim);
        while (!wire.isEmpty()) {
            deliver();
            rules.check(actor);
        }
        rules.check(
                noneWaits() || holder() == null || holder().session == 0,
                "wills of " + waitingWills + " wait for a session that goes on");
        List<SimulatedConnection> holders =
                connections.stream().filter(each -> each.phase == Phase.HOLDING).toList();
        rules.check(holders.size() <= 1, "holders at rest: " + holders + " (expected: one at the most)");
        if (!holders.isEmpty()) {
            SimulatedActor now = actor;
            Connection known = now == null ? null : now.holder();
            rules.check(holders.getFirst().equals(known), "the lock has " + known + " (expected: " + holders + ")");
        }
    }

    private boolean noneWaits() {
        return waitingWills.isEmpty();
    }

    private @Nullable SimulatedConnection holder() {
        return connections.stream()
                .filter(each -> each.phase == Phase.HOLDING)
                .findFirst()
                .orElse(null);
    }

    /** Those who hold it end, and sweeps look for the session until it is over, whoever knew what of it. */
    private void end() {
        connections.stream().filter(SimulatedConnection::isOpen).forEach(each -> end(each, true));
        for (int i = 0; i < SWEEPS && stored != null; i++) {
            while (!wire.isEmpty()) {
                deliver();
                rules.check(actor);
            }
            pass(400_000);
            StoredSession left = stored;
            if (left != null && rules.ends().mayBeOver(left)) {
                toSession("sweep", new Input.ExpiryDue(millis()));
            }
        }
        StoredSession left = stored;
        rules.check(
                left == null || Objects.equals(left.expirySeconds(), SessionTerm.NEVER),
                "a session outlives its expiry: " + left);
    }

    private boolean noneClaims() {
        return connections.stream().noneMatch(each -> each.phase == Phase.CLAIMING);
    }

    private String text() {
        return trace.stream().map(String::valueOf).collect(Collectors.joining("\n  "));
    }

    void note(Object what) {
        if (trace.size() == TRACE) {
            trace.removeFirst();
        }
        trace.addLast(what);
    }

    List<SimulatedConnection> connections() {
        return connections;
    }

    @Nullable
    SimulatedConnection connection(long id) {
        return connections.stream().filter(each -> each.id() == id).findFirst().orElse(null);
    }

    @Nullable
    StoredSession stored() {
        return stored;
    }

    /** The store has one, or makes one. */
    StoredSession create(Claim next) {
        StoredSession now = stored;
        if (now == null) {
            now = new StoredSession(
                    ++numbers,
                    KEY,
                    millis(),
                    0,
                    next.owner(),
                    StoredSession.expirySeconds(next.term()),
                    next.connection().node(),
                    false,
                    List.of());
            stored = now;
            rules.ends().created(now.id());
        }
        return now;
    }

    /** What the store does with {@code session}, as it was told. */
    void note(StoredSession session) {
        StoredSession now = stored;
        if (now != null && now.id() == session.id()) {
            stored = session.ownedBy(now.owner());
        }
    }

    /** The session in the store gets an owner. */
    @Nullable
    StoredSession own(String owner) {
        StoredSession now = stored;
        stored = now == null ? null : now.ownedBy(owner);
        return stored;
    }

    void discard() {
        stored = null;
    }

    boolean fails() {
        return !quiet && random.nextInt(8) == 0;
    }

    boolean chance() {
        return random.nextBoolean();
    }

    Moment now() {
        return new Moment(nanos, millis());
    }

    private long millis() {
        return 1_000_000 + Duration.ofNanos(nanos).toMillis();
    }

    @Override
    public long here() {
        return HERE;
    }

    @Override
    public Set<Long> elsewhere() {
        return nodes.stream().filter(each -> each != HERE).collect(Collectors.toSet());
    }

    @Override
    public boolean isAlone() {
        return nodes.size() == 1;
    }

    @Override
    public boolean isMember(long node) {
        return nodes.contains(node);
    }

    @Override
    public boolean isUnsettled() {
        return formerWills;
    }

    @Override
    public boolean hasFormerWills() {
        return formerWills;
    }

    @Override
    public long expiryMillis(StoredSession session) {
        return SETTINGS_EXPIRY.toMillis();
    }

    @Override
    public Duration takeOverDeadline() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration idleDeadline() {
        return Duration.ofSeconds(60);
    }
}
