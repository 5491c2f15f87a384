package dev.skein.node.cluster;

import dev.skein.node.cluster.Chronicle.Kind;
import dev.skein.node.reliability.TestClient;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Subscribes, and relies on it. Also gets what is published to it alone, for which it needs no subscription. */
final class ClusterSubscriber extends ClusterRobot {
    private static final long WATCH_MILLIS = 100;

    private final Temper temper;
    private final Map<String, Integer> wanted;
    private final String mine;
    private final Set<String> granted = new HashSet<>();
    private int grantedOn;
    private boolean known;
    private volatile boolean settled;

    /** How it behaves. */
    enum Temper {
        /** Always connected. */
        STEADY,
        /** Gone after it has subscribed, until the curtain falls. */
        OFFLINE,
        /** Connected for moments, and gone without a word or with DISCONNECT. */
        FLAPPING,
        /** Connected, and gives up and takes up one subscription after another. */
        CHANGING,
        /** Connected until another one with its client ID is, and then again after a while. */
        TWIN
    }

    /**
     * A robot that is not started yet.
     *
     * @param mine topic of what is published to it alone
     * @param wanted QoS by filter
     */
    ClusterSubscriber(Stage stage, Manner manner, Temper temper, String mine, Map<String, Integer> wanted) {
        super(stage, manner);
        this.temper = temper;
        this.mine = mine;
        this.wanted = new LinkedHashMap<>(wanted);
    }

    /** It had all its subscriptions once. */
    boolean hasSettled() {
        return settled;
    }

    @Override
    public void connected(TestClient.Connack connack) {
        super.connected(connack);
        if (isClean() || !known) {
            known = true;
            stage().chronicle().add(Kind.SUBSCRIBE, id(), connack.connection(), mine, 2);
            stage().chronicle().add(Kind.SUBACKED, id(), connack.connection(), mine, 2);
        }
    }

    @Override
    void live() throws InterruptedException {
        while (!stage().isOver()) {
            if (!client().isConnected()) {
                if (temper == Temper.TWIN) {
                    pause(between(500, 4000));
                }
                if (!connect()) {
                    return;
                }
                client().unhold();
            }
            subscribeAll();
            if (stage().isCurtainDown()) {
                pause(WATCH_MILLIS);
            } else {
                act();
            }
        }
    }

    private void subscribeAll() throws InterruptedException {
        int connection = client().connection();
        if (isClean() && connection != grantedOn) {
            granted.clear();
            grantedOn = connection;
        }
        for (Map.Entry<String, Integer> each : wanted.entrySet()) {
            if (!granted.contains(each.getKey())) {
                subscribe(each.getKey(), each.getValue());
            }
        }
        settled |= granted.containsAll(wanted.keySet());
    }

    private void subscribe(String filter, int qos) throws InterruptedException {
        int connection = client().connection();
        stage().chronicle().add(Kind.SUBSCRIBE, id(), connection, filter, qos);
        int code = await(client().subscribe(filter, qos));
        if (code >= 0) {
            stage().chronicle().add(Kind.SUBACKED, id(), connection, filter, code);
            granted.add(filter);
        }
    }

    private void unsubscribe(String filter) throws InterruptedException {
        int connection = client().connection();
        stage().chronicle().add(Kind.UNSUBSCRIBE, id(), connection, filter, 0);
        granted.remove(filter);
        if (await(client().unsubscribe(filter)) >= 0) {
            stage().chronicle().add(Kind.UNSUBACKED, id(), connection, filter, 0);
        }
    }

    private void act() throws InterruptedException {
        switch (temper) {
            case STEADY, TWIN -> pause(WATCH_MILLIS);
            case OFFLINE -> rest();
            case FLAPPING -> flap();
            case CHANGING -> change();
        }
    }

    private void rest() throws InterruptedException {
        if (granted.containsAll(wanted.keySet())) {
            disconnect();
            while (!stage().isCurtainDown() && !stage().isOver()) {
                pause(WATCH_MILLIS);
            }
        }
    }

    private void flap() throws InterruptedException {
        pause(between(200, 1500));
        if (random().nextBoolean()) {
            client().hold(); // what comes now is received and not acknowledged
            pause(between(5, 80));
        }
        if (random().nextInt(3) == 0) {
            disconnect();
        } else {
            cut();
        }
        pause(between(0, 1500));
    }

    private void change() throws InterruptedException {
        pause(between(100, 900));
        String filter = List.copyOf(wanted.keySet()).get(random().nextInt(wanted.size()));
        if (granted.contains(filter)) {
            unsubscribe(filter);
            pause(between(0, 200));
        }
    }
}
