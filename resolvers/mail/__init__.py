"""Mail as it is written; web.process.mail_delivery sends it."""
