"""Flask extensions, bound to the application in create_app()."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from app.models import Base

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "autoflush": True})
migrate = Migrate(db=db, render_as_batch=False, compare_type=True)
babel = Babel()
login = LoginManager()
csrf = CSRFProtect()
mail = Mail()
socketio = SocketIO()
