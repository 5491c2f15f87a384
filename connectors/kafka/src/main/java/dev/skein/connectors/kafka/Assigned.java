package dev.skein.connectors.kafka;

import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/** A partition that this consumer has: which of its messages are not done. Thread-safe. */
final class Assigned {
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeSet<Long> open = new TreeSet<>();
    private long next = -1;
    private long committed = -1;
    private volatile boolean gone;

    /** A message was given. */
    void given(long offset) {
        lock.lock();
        try {
            open.add(offset);
            next = offset + 1;
        } finally {
            lock.unlock();
        }
    }

    /** A message is done. */
    void done(long offset) {
        lock.lock();
        try {
            open.remove(offset);
        } finally {
            lock.unlock();
        }
    }

    /** How many are not done. */
    int open() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    /** Where the group goes on from, when that is not committed yet; -1 otherwise. */
    long toCommit() {
        lock.lock();
        try {
            long position = open.isEmpty() ? next : open.first();
            return position == committed ? -1 : position;
        } finally {
            lock.unlock();
        }
    }

    /** The group goes on from there. */
    void committed(long position) {
        lock.lock();
        try {
            committed = position;
        } finally {
            lock.unlock();
        }
    }

    /** Another consumer has the partition now, and what is not done. */
    void end() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }
}
