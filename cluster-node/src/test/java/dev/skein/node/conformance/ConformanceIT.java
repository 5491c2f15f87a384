package dev.skein.node.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs every case of {@code src/test/resources/conformance} against one broker: Skein in this process, or the one that
 * {@code -Dskein.test.port} names. All cases run at once; {@code -Dskein.test.case=text} picks those whose title holds
 * the text, {@code -Dskein.test.deviations=true} runs also those that the data excuses for the broker.
 */
@ExtendWith(BrokerExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceIT {
    private static final Duration CASE_DEADLINE = Duration.ofMinutes(2);
    private static final int CASES_AT_ONCE = 40;

    /** Of the instance: when failed tests run again in the same process, they do so in another one. */
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private final Semaphore places = new Semaphore(CASES_AT_ONCE);

    @AfterAll
    void stop() {
        executor.shutdownNow();
    }

    @TestFactory
    List<DynamicTest> cases(BrokerUnderTest target) {
        List<DynamicTest> tests = new ArrayList<>();
        for (ConformanceSuite suite : ConformanceSuite.values()) {
            tests.addAll(cases(target, suite));
        }
        return tests;
    }

    private List<DynamicTest> cases(BrokerUnderTest target, ConformanceSuite suite) {
        Macros macros = WireCases.of(suite).macros();
        String wanted = System.getProperty("skein.test.case", "");
        String nonce = base36(System.nanoTime() % (36L * 36 * 36 * 36), 4) + suite.version();
        List<DynamicTest> tests = new ArrayList<>();
        int number = 0;
        for (WireCase wireCase : WireCases.of(suite).all()) {
            number++;
            if (!wireCase.title().contains(wanted)) {
                continue;
            }
            String unique = nonce + "x" + base36(number, 2);
            @Nullable
            String deviation = Boolean.getBoolean("skein.test.deviations")
                    ? null
                    : wireCase.deviations().get(target.name());
            Future<?> result = deviation != null
                    ? executor.submit(() -> {})
                    : executor.submit(() -> run(target, macros, wireCase, unique));
            tests.add(DynamicTest.dynamicTest(wireCase.title(), () -> {
                assumeTrue(deviation == null, () -> target.name() + ": " + deviation);
                await(result);
            }));
        }
        return tests;
    }

    /** Of a fixed size, so that a case can count on eight characters. */
    private static String base36(long value, int digits) {
        String text = Long.toString(value, 36);
        return "0".repeat(digits - text.length()) + text;
    }

    private void run(BrokerUnderTest target, Macros macros, WireCase wireCase, String unique) {
        // A slow case waits for time, not for the processor: it takes no place.
        if (!wireCase.slow()) {
            places.acquireUninterruptibly();
        }
        try (CaseRun run = new CaseRun(target, macros, wireCase.title(), unique)) {
            run.run(wireCase.steps());
        } finally {
            if (!wireCase.slow()) {
                places.release();
            }
        }
    }

    private static void await(Future<?> result) throws Exception {
        try {
            result.get(CASE_DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }
}
