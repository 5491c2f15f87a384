package dev.skein.node.auth;

import dev.skein.node.auth.AuthResult.Refused;

/**
 * One method of enhanced authentication (MQTT 5 section 4.12): who the client is comes out in an exchange of data.
 * Thread-safe.
 */
public interface EnhancedScheme {
    /** As the Authentication Method of CONNECT names it. */
    String method();

    /**
     * Begins an exchange.
     *
     * @param attempt of CONNECT; without its password when the client is connected and authenticates again
     */
    Exchange begin(ConnectAttempt attempt);

    /** One exchange. What the client says comes when the answer before was {@link Answer#more}. */
    interface Exchange {
        /**
         * Takes what the client says, and answers exactly once: at once on the caller's thread, or later on another.
         * Never blocks.
         *
         * @param data empty when the client sends none; not copied
         */
        void take(byte[] data, Answer answer);
    }

    /** What comes of data. */
    interface Answer {
        /** One of the others has to wait though nothing is being done for it; on any thread. */
        void waits();

        /** The client is to say more. */
        void more(byte[] data);

        /** The client is {@code identity}, and gets {@code data} with the news. */
        void accepted(Identity identity, byte[] data);

        /** The client is not let in. */
        void refused(Refused refused);
    }
}
