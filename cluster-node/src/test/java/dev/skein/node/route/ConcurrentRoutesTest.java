package dev.skein.node.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.topic.TopicFilters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Readers of the route tables take no lock: what they must see while a writer works. */
class ConcurrentRoutesTest {
    private static final int READERS = 3;
    private static final int CHANGES = 60_000;
    private static final int STEADY = 40;
    private static final int PASSING = 60;
    private static final long DEADLINE_SECONDS = 60;

    private final ExecutorService threads = Executors.newFixedThreadPool(READERS + 1);
    private final AtomicBoolean done = new AtomicBoolean();

    @AfterEach
    void stop() {
        done.set(true);
        threads.shutdownNow();
    }

    @Test
    void readersSeeEveryEntryThatStaysWhileOthersComeAndGo() throws Exception {
        Seeds.run(1, random -> {
            FilterTrie<SessionRoute> trie = new FilterTrie<>();
            List<String> filters = new ArrayList<>();
            for (int i = 0; i < STEADY; i++) {
                String filter = GeneratedTopics.filter(random);
                filters.add(filter);
                trie.add(filter, new SessionRoute(i, "steady", 1));
            }
            List<Future<Void>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(threads.submit(reader(trie, filters, random.split())));
            }
            change(trie, random);
            done.set(true);
            for (Future<Void> reader : readers) {
                get(reader);
            }
        });
    }

    private Callable<Void> reader(FilterTrie<SessionRoute> trie, List<String> filters, SplittableRandom random) {
        return () -> {
            while (!done.get()) {
                String topic = GeneratedTopics.topic(random);
                Set<Long> missing = new HashSet<>();
                for (int i = 0; i < filters.size(); i++) {
                    if (TopicFilters.matches(filters.get(i), topic)) {
                        missing.add((long) i);
                    }
                }
                trie.match(topic, route -> {
                    boolean wanted = route.sessionId() >= STEADY || missing.remove(route.sessionId());
                    assertThat(wanted)
                            .as("steady entry %d on %s", route.sessionId(), topic)
                            .isTrue();
                });
                assertThat(missing).as("topic %s", topic).isEmpty();
            }
            return null;
        };
    }

    private record Passing(String filter, SessionRoute route) {}

    private static void change(FilterTrie<SessionRoute> trie, SplittableRandom random) {
        ArrayDeque<Passing> passing = new ArrayDeque<>();
        for (int i = 0; i < CHANGES; i++) {
            if (passing.size() < PASSING && random.nextBoolean()) {
                Passing one = new Passing(GeneratedTopics.filter(random), new SessionRoute(STEADY + i, "passing", 1));
                trie.add(one.filter(), one.route());
                passing.add(one);
            } else if (!passing.isEmpty()) {
                Passing one = random.nextBoolean() ? passing.removeFirst() : passing.removeLast();
                assertThat(trie.remove(one.filter(), one.route())).isTrue();
            }
        }
    }

    @Test
    void subscriptionThatIsReplacedIsNeverMissing() throws Exception {
        SessionRoutes routes = new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2));
        routes.put("a/+", new SessionRoute(7, "c", 0));
        Future<Void> reader = threads.submit(() -> {
            while (!done.get()) {
                List<SessionRoute> found = new ArrayList<>();
                routes.match("a/b", found::add);
                assertThat(found).isNotEmpty();
            }
            return null;
        });
        for (int i = 0; i < CHANGES; i++) {
            routes.put("a/+", new SessionRoute(7, "c", i % 3));
        }
        done.set(true);

        get(reader);
        assertThat(routes.size()).isEqualTo(1);
    }

    @Test // a publish that met the closing of an idle table must wait for it, not pass the sessions by
    void matchOfAnOpenTableHoldsItsSessionsWhateverClosesMeanwhile() throws Exception {
        RouteTables tables = new RouteTables("i");
        tables.root().open(new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2)));
        RouteTable table = tables.table("a");
        Future<Integer> reader = threads.submit(() -> {
            int matched = 0;
            while (!done.get()) {
                Match match = tables.match(table, "a/b", 1);
                if (match != null) {
                    assertThat(match.sessions()).hasSize(1);
                    matched++;
                }
            }
            return matched;
        });
        for (int i = 0; i < CHANGES; i++) {
            SessionRoutes routes = new SessionRoutes(new RouteMemory(Long.MAX_VALUE / 2));
            routes.put("a/#", new SessionRoute(7, "c", 1));
            table.open(routes);
            Thread.onSpinWait();
            table.close();
        }
        done.set(true);

        get(reader);
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("reader: still busy (expected: done)", e);
        }
    }
}
