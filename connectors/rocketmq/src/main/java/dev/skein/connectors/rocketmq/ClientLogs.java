package dev.skein.connectors.rocketmq;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.rocketmq.logging.InternalLogger;
import org.apache.rocketmq.logging.InternalLoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the client logs to SLF4J at level debug: it warns with a stack trace each second that a broker is away,
 * and the rule says that once. Left alone it writes files under the home directory.
 */
final class ClientLogs extends InternalLoggerFactory {
    private static final String TYPE = "skein";

    private ClientLogs() {
        doRegister();
    }

    /** Before any other class of the client is used. */
    static void install() {
        System.setProperty("rocketmq.client.logUseSlf4j", "true");
        new ClientLogs();
        setCurrentLoggerType(TYPE);
    }

    @Override
    protected String getLoggerType() {
        return TYPE;
    }

    @Override
    protected InternalLogger getLoggerInstance(String name) {
        Logger logger = LoggerFactory.getLogger(ClientLogs.class.getPackageName() + ".client." + name);
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "getName" -> logger.getName();
            case "toString" -> name;
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> {
                log(logger, method.getName(), arguments);
                yield null;
            }
        };
        return (InternalLogger) Proxy.newProxyInstance(
                ClientLogs.class.getClassLoader(), new Class<?>[] {InternalLogger.class}, handler);
    }

    private static void log(Logger logger, String level, Object[] arguments) {
        if (!logger.isDebugEnabled()) {
            return;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i] instanceof Object[] several) {
                Collections.addAll(values, several);
            } else {
                values.add(arguments[i]);
            }
        }
        logger.debug("(" + level + ") " + arguments[0], values.toArray());
    }

    @Override
    protected void shutdown() {
        // nothing is held
    }
}
