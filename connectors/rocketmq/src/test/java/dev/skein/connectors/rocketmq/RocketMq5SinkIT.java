package dev.skein.connectors.rocketmq;

import dev.skein.connectors.testing.SinkContract;
import dev.skein.connectors.testing.Target;
import dev.skein.connectors.testing.TestRocketMq;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class RocketMq5SinkIT extends SinkContract {
    private RocketMqTarget target;

    @BeforeAll
    void start(@TempDir Path directory) {
        target = new RocketMqTarget(new TestRocketMq(TestRocketMq.Version.FIVE, directory).start());
    }

    @AfterAll
    void stop() {
        target.close();
    }

    @Override
    protected Target target() {
        return target;
    }
}
