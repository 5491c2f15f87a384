package dev.skein.loadtest.play;

import java.util.Arrays;

/** The streams of a flow that a receiver gets; shared by all receivers with the same ones. */
final class Sources {
    private final int[] streams;
    private final boolean shared;

    /**
     * Sorts the streams.
     *
     * @param shared whether others of a shared subscription take some of the messages
     */
    Sources(int[] streams, boolean shared) {
        this.streams = streams;
        this.shared = shared;
        Arrays.sort(streams);
    }

    int size() {
        return streams.length;
    }

    boolean shared() {
        return shared;
    }

    int stream(int place) {
        return streams[place];
    }

    /** The place of a stream, or below 0. */
    int find(int stream) {
        int first = streams.length == 0 ? 0 : streams[0];
        int guess = stream - first;
        // the usual case: all streams of a row
        if (guess >= 0 && guess < streams.length && streams[guess] == stream) {
            return guess;
        }
        return Arrays.binarySearch(streams, stream);
    }
}
