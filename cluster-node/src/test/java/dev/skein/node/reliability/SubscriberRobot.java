package dev.skein.node.reliability;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A persistent session: subscribes once, and from then on relies on it. */
final class SubscriberRobot extends Robot {
    private static final long WATCH_MILLIS = 100;

    private final Temper temper;
    private final Map<String, Integer> wanted;
    private final Set<String> granted = new HashSet<>();
    private boolean known;

    /** How it behaves. */
    enum Temper {
        /** Always connected. */
        STEADY,
        /** Gone after it has subscribed, until the end. */
        OFFLINE,
        /** Connected for moments, and gone without a word or with DISCONNECT. */
        FLAPPING,
        /** Connected, and gives up and takes up one subscription after another. */
        CHANGING
    }

    SubscriberRobot(Stage stage, String id, long seed, Temper temper, Map<String, Integer> wanted) {
        super(stage, id, false, seed);
        this.temper = temper;
        this.wanted = new LinkedHashMap<>(wanted);
    }

    @Override
    void live() throws InterruptedException {
        while (!isOver()) {
            if (!client().isConnected() && !connect()) {
                return;
            }
            meet();
            subscribeAll();
            if (isCurtainDown()) {
                pause(WATCH_MILLIS);
            } else {
                act();
            }
        }
    }

    /** P2P messages need no subscription: they may come as soon as there is a session. */
    private void meet() {
        if (!known) {
            known = true;
            String mine = p2pTopic(id());
            history().add(History.Kind.SUBSCRIBE, id(), mine, 2);
            history().add(History.Kind.SUBACKED, id(), mine, 2);
        }
    }

    static String p2pTopic(String clientId) {
        return "k/p2p/" + clientId;
    }

    private void subscribeAll() throws InterruptedException {
        for (Map.Entry<String, Integer> each : wanted.entrySet()) {
            if (!granted.contains(each.getKey())) {
                subscribe(each.getKey(), each.getValue());
            }
        }
    }

    private void subscribe(String filter, int qos) throws InterruptedException {
        history().add(History.Kind.SUBSCRIBE, id(), filter, qos);
        int code = await(client().subscribe(filter, qos));
        if (code >= 0) {
            history().add(History.Kind.SUBACKED, id(), filter, code);
            granted.add(filter);
        }
    }

    private void unsubscribe(String filter) throws InterruptedException {
        history().add(History.Kind.UNSUBSCRIBE, id(), filter, 0);
        granted.remove(filter);
        if (await(client().unsubscribe(filter)) >= 0) {
            history().add(History.Kind.UNSUBACKED, id(), filter, 0);
        }
    }

    /** The answer, or -1 when the connection ended before it. */
    private int await(Future<Integer> answer) throws InterruptedException {
        try {
            return answer.get(stage().deadline().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return -1;
        } catch (TimeoutException e) {
            throw new IllegalStateException(id() + " got no answer within " + stage().deadline(), e);
        }
    }

    private void act() throws InterruptedException {
        switch (temper) {
            case STEADY -> pause(WATCH_MILLIS);
            case OFFLINE -> rest();
            case FLAPPING -> flap();
            case CHANGING -> change();
        }
    }

    private void rest() throws InterruptedException {
        if (granted.containsAll(wanted.keySet())) {
            client().disconnect();
            while (!isCurtainDown() && !isOver()) {
                pause(WATCH_MILLIS);
            }
        }
    }

    private void flap() throws InterruptedException {
        pause(between(20, 500));
        if (random().nextBoolean()) {
            client().hold(); // what comes now is received and not acknowledged
            pause(between(5, 50));
        }
        if (random().nextInt(3) == 0) {
            client().disconnect();
        } else {
            cut();
        }
        pause(between(0, 400));
    }

    private void change() throws InterruptedException {
        pause(between(50, 400));
        String filter = List.copyOf(wanted.keySet()).get(random().nextInt(wanted.size()));
        if (granted.contains(filter)) {
            unsubscribe(filter);
            pause(between(0, 100));
        }
    }
}
