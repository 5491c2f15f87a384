package dev.skein.node.wiring;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EarlyEntityTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final String STOP = "stop";

    private final TestProbe<String> heard = KIT.createTestProbe();
    private final CompletableFuture<String> shared = new CompletableFuture<>();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private ActorRef<String> spawn() {
        return KIT.spawn(EarlyEntity.of(shared, this::entity));
    }

    /** As entities are: with a beginning of its own that needs its actor. */
    private Behavior<String> entity(String given) {
        return Behaviors.setup(_ -> Behaviors.withTimers(_ -> Behaviors.receiveMessage(message -> {
            heard.getRef().tell(given + " " + message);
            return message.equals(STOP) ? Behaviors.stopped() : Behaviors.same();
        })));
    }

    @Test
    void entityBeginsAtOnceWhenEverythingIsThere() {
        shared.complete("node");

        spawn().tell("1");

        heard.expectMessage("node 1");
    }

    @Test
    void messagesThatComeBeforeItCanBeginAreTakenInOrder() {
        ActorRef<String> entity = spawn();
        entity.tell("1");
        entity.tell("2");

        shared.complete("node");
        entity.tell("3");

        heard.expectMessage("node 1");
        heard.expectMessage("node 2");
        heard.expectMessage("node 3");
    }

    @Test
    void stopThatComesBeforeItCanBeginStopsIt() {
        ActorRef<String> entity = spawn();
        entity.tell(STOP);

        shared.complete("node");

        heard.expectMessage("node stop");
        heard.expectTerminated(entity);
    }

    @Test
    void entitiesThatWaitBlockNoThread() {
        for (int i = 0; i < 10 * Runtime.getRuntime().availableProcessors() + 100; i++) {
            spawn().tell("1");
        }

        KIT.spawn(EarlyEntity.of(CompletableFuture.completedFuture("another"), this::entity))
                .tell("1");

        heard.expectMessage("another 1");
    }
}
