//! A Zimbra-like server on a modelled machine, for the demo and every end-to-end test.
