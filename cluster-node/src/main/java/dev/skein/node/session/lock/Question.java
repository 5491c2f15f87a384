package dev.skein.node.session.lock;

/** What the shell answers or carries out when the lock says so; the lock does not look inside. */
public interface Question {}
